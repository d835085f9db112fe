//! What is promised, how much of it, and which tests show it. A goal that is not built is named as such.

/// One promise.
pub struct Goal {
    /// As the threat model names it.
    pub id: &'static str,
    /// In a few words.
    pub what: &'static str,
    /// The number to reach.
    pub target: &'static str,
    /// What shows it; none: not built.
    pub checks: &'static [Check],
}

impl Goal {
    /// Whether only the real window can show it.
    pub fn is_of_the_window(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| matches!(check, Tests(WINDOW, ..)))
    }
}

/// Tests of one test program, or a question to another tool.
pub enum Check {
    /// Source file of the program as cargo tells it, the program's name, the tests by their full names.
    Tests(&'static str, &'static str, &'static [&'static str]),
    /// The same, half of the seeds in a process of its own: `SQLCipher` locks each piece of memory it takes, and threads of one process wait for each
    /// other there.
    InHalves(&'static str, &'static str, &'static [&'static str]),
    /// The licences, bans and sources of `cargo deny`, and the bills of materials.
    SupplyChain,
    /// Every state of every screen in Chromium, under the window's own policy, with hostile words in every text.
    Screens,
}

use Check::{InHalves, Screens, SupplyChain, Tests};

const STORE: &str = "tests/store/main.rs";
/// The tests in the real window.
pub const WINDOW: &str = "tests/desktop/main.rs";
/// Unit tests.
pub const LIB: &str = "src/lib.rs";

/// All of them, in the order of the threat model.
pub const GOALS: &[Goal] = &[
    Goal {
        id: "G1",
        what: "Whatever fails, whenever it dies: nothing is lost, nothing comes twice, nothing is stuck",
        target: "50 kinds × 24 seeds and 40 real processes: 0 lost, 0 doubled, 0 stuck; each kind at 6 of its 24 seeds and at all its places a run, at all 24 with `--full`",
        checks: &[
            InHalves("tests/matrix.rs", "matrix", &["whatever_fails_in_the_end_every_row_is_here_once_and_nobody_was_pressed"]),
            Tests("tests/outbox.rs", "outbox", &["whatever_happens_and_wherever_it_dies_there_is_one_company_and_one_connection"]),
            Tests("suites/promises.rs", "promises", &["an_answer_that_is_lost_or_wrong_never_makes_a_second_company_or_connection"]),
        ],
    },
    Goal {
        id: "G2",
        what: "A return address can make the next check happen now, and nothing else",
        target: "60 attacks × 3 routes and 100,000 made at random: 0 changes",
        checks: &[
            Tests("suites/promises.rs", "promises", &["sixty_forged_returns_change_not_one_byte_of_the_database"]),
            Tests(
                "tests/returns.rs",
                "returns",
                &[
                    "no_attack_changes_a_row_or_costs_a_request_by_either_door",
                    "delivered_never_once_or_a_hundred_times_early_or_late_the_end_is_the_same",
                ],
            ),
            Tests("suites/bytes.rs", "bytes", &["any_bytes_at_all_are_refused_or_are_ours"]),
            Tests(WINDOW, "desktop", &["returns::no_forged_return_that_the_desktop_hands_over_changes_a_byte_or_costs_a_request"]),
        ],
    },
    Goal {
        id: "G3",
        what: "A kill at any moment breaks nothing",
        target: "≥ 400 points fired, 0 broken",
        checks: &[
            Tests(STORE, "store", &["sweeps::killed_at_any_step_on_the_disk_the_file_opens_and_what_was_promised_is_there"]),
            Tests(
                "suites/kills.rs",
                "kills",
                &[
                    "a_kill_at_any_moment_of_a_backfill_loses_nothing_and_doubles_nothing",
                    "an_export_killed_at_any_step_leaves_the_old_file_or_the_whole_new_one",
                ],
            ),
            Tests("tests/recovery.rs", "recovery", &["wherever_a_change_of_key_is_cut_the_next_start_opens_everything"]),
        ],
    },
    Goal {
        id: "G4",
        what: "Key and data lie apart: no secret and no bank text stands readable in any file",
        target: "0 hits in every form",
        checks: &[
            Tests("suites/promises.rs", "promises", &["no_secret_stands_in_a_file_an_argument_the_environment_or_what_is_printed"]),
            Tests(STORE, "store", &["opening::nothing_readable_lies_on_the_disk"]),
        ],
    },
    Goal {
        id: "G5",
        what: "Secrets are seen nowhere: logs, arguments, environment, memory",
        target: "0, with the control found",
        checks: &[
            Tests(STORE, "store", &["memory::the_key_is_nowhere_in_memory_once_the_database_is_open"]),
            Tests("suites/promises.rs", "promises", &["no_secret_stands_in_a_file_an_argument_the_environment_or_what_is_printed"]),
            Tests(WINDOW, "desktop", &["secrets::a_typed_key_is_in_no_process_once_its_window_closed"]),
        ],
    },
    Goal {
        id: "G6",
        what: "A database that does not open is named for what it is, and left as it is",
        target: "12 states of 12, 200 flipped bits of 200",
        checks: &[Tests(
            STORE,
            "store",
            &[
                "opening::the_wrong_key_is_told_apart_from_damage_and_neither_changes_the_file",
                "opening::a_newer_database_is_left_alone",
                "opening::an_emptied_file_is_damage_and_a_cut_creation_goes_on",
                "opening::without_its_key_check_nobody_pretends_to_know_why_a_file_cannot_be_read",
                "opening::a_flipped_bit_anywhere_is_noticed_and_never_read_as_data",
                "sweeps::twelve_states_of_a_file_have_their_own_names_and_nothing_is_deleted",
                "sweeps::two_hundred_flipped_bits_are_noticed_or_change_nothing",
            ],
        )],
    },
    Goal {
        id: "G7",
        what: "A full disk, a read-only one, one without permission or with errors: a clear sentence, and on it goes after relief",
        target: "4 troubles × 5 operations",
        checks: &[Tests(STORE, "store", &["sweeps::a_disk_that_refuses_is_named_and_afterwards_all_goes_on"])],
    },
    Goal {
        id: "G8",
        what: "A script in the window reaches the listed commands and nothing else",
        target: "0 unlisted successes of ≥ 120 names, 0 ways out",
        checks: &[Tests(
            WINDOW,
            "desktop",
            &[
                "borders::the_main_window_may_not_touch_keys_nor_anything_of_the_core_but_listening",
                "borders::a_script_cannot_leave_the_window_nor_send_anything_out_of_it",
                "borders::the_key_window_takes_a_key_and_can_do_nothing_else",
                "borders::a_hundred_and_twenty_names_that_no_window_was_given_are_refused_by_the_access_list",
                "borders::ten_thousand_malformed_calls_are_refused_and_the_app_goes_on",
            ],
        )],
    },
    Goal {
        id: "G9",
        what: "A bank's text stays text on every screen",
        target: "300 hostile and 50 turned texts: 0 scripts, 0 requests, 0 elements",
        checks: &[
            Screens,
            Tests(
                LIB,
                "domain",
                &[
                    "display::tests::marks_that_turn_or_hide_text_are_gone_and_the_words_stay",
                    "display::tests::nothing_that_acts_is_ever_shown",
                ],
            ),
            Tests(LIB, "engine", &["browse::tests::a_banks_text_cannot_act_on_the_screen_and_digits_stay_as_sent"]),
            Tests(WINDOW, "desktop", &["hostile::words_that_want_to_act_stay_words_from_codat_through_the_store_into_the_window"]),
        ],
    },
    Goal {
        id: "G10",
        what: "A logo becomes a small picture or initials, whatever it is",
        target: "40 hostile images: 0 foreign requests, ≤ 200 ms each",
        checks: &[Tests(
            LIB,
            "engine",
            &[
                "banks::logos::tests::only_pictures_made_of_pixels_become_logos",
                "banks::logos::tests::forty_hostile_pictures_become_a_small_png_or_nothing",
                "adapters::codat::links::tests::a_logos_address_cannot_reach_into_the_office",
            ],
        )],
    },
    Goal {
        id: "G11",
        what: "No exported text becomes a formula, and every row comes back whole",
        target: "≥ 200 hostile texts: 0 active cells",
        checks: &[Tests(LIB, "engine", &["export::tests::two_hundred_hostile_texts_give_no_active_cell_and_come_back_whole"])],
    },
    Goal {
        id: "G12",
        what: "What comes from outside can be any bytes: no panic, no hang",
        target: "≥ 8 readers × 200,000 inputs",
        checks: &[Tests("suites/bytes.rs", "bytes", &["every_reader_of_what_codat_and_people_send_survives_any_bytes"])],
    },
    Goal {
        id: "G13",
        what: "Fairlead is polite: no request before its time, one refused key stops everything",
        target: "0 early, 0 after a 401; the requests themselves are counted with G1",
        checks: &[Tests(
            LIB,
            "codat",
            &[
                "retry::tests::c7_a_quota_is_waited_for_and_waiting_is_no_attempt",
                "retry::tests::c5_c6_one_refused_key_stops_the_profile_and_refusals_that_will_not_pass_are_not_repeated",
            ],
        )],
    },
    Goal {
        id: "G14",
        what: "A vault that is missing, locked, slow, refused or corrupt is told as what it is; nothing falls back to a plain file",
        target: "9 states of 9; whoever lost it opens the database with the code",
        checks: &[
            Tests(
                WINDOW,
                "desktop",
                &[
                    "starts::without_a_keychain_the_screen_says_so_and_the_demo_still_works",
                    "starts::a_keychain_that_takes_its_time_does_not_hold_up_the_first_screen",
                ],
            ),
            Tests(
                "tests/recovery.rs",
                "recovery",
                &[
                    "a_code_on_paper_brings_a_lost_key_back_and_nothing_but_the_right_one_does",
                    "a_new_key_opens_everything_the_old_one_nothing_and_an_old_code_is_void",
                ],
            ),
            Tests(
                "suites/vaults.rs",
                "vaults",
                &[
                    "nine_states_of_a_keychain_are_told_as_what_they_are_and_nothing_falls_back_to_a_file",
                    "a_vault_in_a_file_that_does_not_open_is_told_as_what_it_is_and_left_as_it_is",
                ],
            ),
        ],
    },
    Goal {
        id: "G15",
        what: "Several processes on one store: nothing is sent twice",
        target: "10 at once × 4: 0 double sends",
        checks: &[
            Tests("suites/promises.rs", "promises", &["many_processes_at_once_make_one_company_and_one_connection"]),
            Tests(STORE, "store", &["opening::two_programs_share_one_database"]),
        ],
    },
    Goal {
        id: "G16",
        what: "What we ship is known: licences, bans, sources, bills of materials",
        target: "cargo deny green, both bills parse, 0 git sources; apart, because it takes as long as two releases: `--reproducible`, the same bytes twice",
        checks: &[SupplyChain],
    },
    Goal {
        id: "G17",
        what: "What was erased is gone",
        target: "0 hits in decrypted pages and logs, with a receipt; what is too old goes exactly; whole or not at all",
        checks: &[
            Tests(
                STORE,
                "store",
                &[
                    "erasing::an_erased_company_is_in_no_table_no_sum_no_index_and_no_page_of_the_file",
                    "erasing::an_erased_company_stays_out_whatever_was_on_its_way_until_it_is_taken_back",
                    "erasing::a_creation_that_may_be_taking_effect_keeps_its_company_here_unless_it_is_gone_at_codat",
                    "erasing::what_is_older_than_a_day_goes_with_its_sums_and_words_and_does_not_come_in_again",
                ],
            ),
            Tests(
                "tests/erasing.rs",
                "erasing",
                &[
                    "an_erased_company_stays_away_though_codat_goes_on_listing_it",
                    "a_company_that_was_deleted_at_codat_is_offered_for_erasing",
                    "what_is_older_than_the_team_keeps_is_counted_first_and_then_goes_and_stays_away",
                    "a_profile_goes_whole_with_a_receipt_also_when_the_program_died_in_between",
                ],
            ),
        ],
    },
    Goal {
        id: "G18",
        what: "An audit log that was changed says so",
        target: "1,000 changes of 1,000 found; a kill between a line and the vault is no change",
        checks: &[
            Tests(
                LIB,
                "store",
                &[
                    "audit::tests::a_thousand_changes_of_a_log_are_a_thousand_changes_seen",
                    "audit::tests::a_program_that_ended_before_it_told_the_vault_is_no_tampering_and_a_cut_end_is",
                    "audit::tests::lines_under_a_key_that_is_gone_stay_and_prove_nothing",
                ],
            ),
            Tests(
                "tests/audit.rs",
                "audit",
                &[
                    "what_a_person_does_is_noted_with_who_and_to_what_and_nothing_of_the_customer",
                    "a_program_that_ended_between_line_and_vault_is_made_up_for_and_an_older_database_is_not",
                    "a_new_key_is_noted_also_while_its_profile_is_closed",
                ],
            ),
        ],
    },
    Goal {
        id: "G20",
        what: "No byte of the key goes to whoever is not Codat",
        target: "0 of 7 bad peers get a byte; a network that reads along is named",
        checks: &[Tests(
            "suites/peers.rs",
            "peers",
            &[
                "whoever_is_not_codat_gets_no_byte_of_the_key_and_the_network_is_named",
                "a_network_that_reads_along_under_an_authority_of_this_computer_is_told_by_the_doctor",
            ],
        )],
    },
    Goal {
        id: "G21",
        what: "A migration that dies leaves the old version or the new one",
        target: "every released version, at every step",
        checks: &[Tests(
            STORE,
            "store",
            &[
                "opening::a_database_of_version_1_opens_with_everything_in_it",
                "opening::a_migration_that_fails_leaves_the_version_before",
                "sweeps::a_migration_killed_at_any_step_leaves_the_old_version_or_the_new_one",
            ],
        )],
    },
    Goal {
        id: "G22",
        what: "After a lock nothing is on screen, in memory or open",
        target: "≤ 1 s",
        checks: &[
            Tests(LIB, "store", &["open::tests::a_store_closes_its_file_whoever_holds_it_and_whatever_runs"]),
            Tests(STORE, "store", &["memory::the_key_is_nowhere_in_memory_once_the_database_was_closed_whoever_holds_it"]),
            Tests(
                "tests/lock.rs",
                "lock",
                &[
                    "locked_the_file_is_closed_everybody_is_refused_and_the_pin_opens_it_again",
                    "wrong_pins_cost_growing_waits_and_a_new_start_does_not_make_them_good",
                    "nobody_there_locks_after_the_minutes_that_were_chosen",
                    "without_a_pin_the_computers_keychain_decides_and_what_has_neither_cannot_be_locked",
                ],
            ),
            Tests(
                WINDOW,
                "desktop",
                &[
                    "lock::after_a_lock_nothing_is_on_screen_open_or_answered_and_unlocking_brings_the_same_screen_back",
                    "secrets::the_api_key_is_in_no_process_once_fairlead_is_locked",
                ],
            ),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::root;
    use std::path::Path;

    fn sources(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, text);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                text.push_str(&std::fs::read_to_string(&path).expect("a source"));
            }
        }
    }

    #[test]
    fn every_test_that_a_goal_or_the_threat_model_names_is_there() {
        let mut text = String::new();
        for folder in ["src-tauri", "tests"] {
            sources(&root().join(folder), &mut text);
        }
        let mut named: Vec<&str> = vec![];
        for goal in GOALS {
            for check in goal.checks {
                if let Tests(_, _, names) | InHalves(_, _, names) = check {
                    named.extend(names.iter().map(|name| name.rsplit("::").next().unwrap_or(name)));
                }
            }
        }
        let model = std::fs::read_to_string(root().join("SECURITY.md")).expect("the threat model");
        named.extend(model.split('`').skip(1).step_by(2).filter(|word| word.contains('_') && !word.contains([' ', '.'])));
        assert!(named.len() > 40, "control: there are names: {}", named.len());
        let missing: Vec<&&str> = named.iter().filter(|name| !text.contains(&format!("fn {name}("))).collect();
        assert!(missing.is_empty(), "no such test: {missing:?}");
    }
}
