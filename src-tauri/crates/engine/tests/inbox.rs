//! What a person is told, and that it is told once.

mod support;

use engine::view::*;
use sandbox::Options;
use support::World;

const BANK: &str = "demobank_truelayer";
const DAY_MS: i64 = 86_400_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_told_to_who_looks_elsewhere_once_and_stays_in_the_inbox_over_a_restart() {
    let mut world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    let attempt = world.linked("Acme Ltd", BANK).await;
    let toast = world.engine().to_tell(false).await.expect("asked").expect("something to tell");
    assert_eq!((toast.title.as_str(), toast.body.as_str()), ("Fairlead", "A bank was linked"), "a lock screen names nobody");
    assert_eq!(world.engine().to_tell(false).await.expect("asked"), None, "once");
    world.restart().await;
    assert_eq!(world.engine().to_tell(false).await.expect("asked"), None, "also after a restart");
    let inbox = world.engine().inbox(InboxStep::Look).await.expect("inbox");
    let [notice] = inbox.notices.as_slice() else { panic!("{inbox:?}") };
    assert_eq!(
        (notice.title.as_str(), notice.company_id.as_deref(), notice.is_unread),
        ("Demo Bank linked", attempt.company_id.as_deref(), true)
    );
    assert_eq!(toast.notice, Some(notice.id), "pressing it opens this case");
    let read = world.engine().inbox(InboxStep::Mark { notice: notice.id, read: true }).await.expect("marked");
    assert_eq!((read.unread, read.notices[0].is_unread), (0, false));
    let unread = world.engine().inbox(InboxStep::Mark { notice: notice.id, read: false }).await.expect("marked");
    assert_eq!(unread.unread, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_or_wants_none_is_not_told_and_names_are_told_to_who_wants_them() {
    let world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    let prefer = |notices: NoticeSettings| {
        let state = world.home.app_state_with(KeychainState { available: false, message: None }).expect("state");
        world.home.set_preferences(Preferences { notices, ..state.preferences }).expect("kept");
    };
    world.linked("Acme Ltd", BANK).await;
    assert_eq!(world.engine().to_tell(true).await.expect("asked"), None, "the window is in front");
    assert_eq!(world.engine().to_tell(false).await.expect("asked"), None, "and it was seen there");
    prefer(NoticeSettings { system: false, ..NoticeSettings::default() });
    world.linked("Beta Ltd", BANK).await;
    assert_eq!(world.engine().to_tell(false).await.expect("asked"), None);
    prefer(NoticeSettings { names: true, quiet: Some(QuietHours { from: 0, until: 1440 }), ..NoticeSettings::default() });
    world.linked("Gamma Ltd", BANK).await;
    assert_eq!(world.engine().to_tell(false).await.expect("asked"), None, "all day is quiet");
    prefer(NoticeSettings { names: true, ..NoticeSettings::default() });
    let connection = world.linked("Delta Ltd", BANK).await;
    let toast = world.engine().to_tell(false).await.expect("asked").expect("something to tell");
    let inbox = world.engine().inbox(InboxStep::Look).await.expect("inbox");
    assert_eq!((toast.title.as_str(), inbox.unread), ("Fairlead", 1), "the fourth at once made one notice of all: {inbox:?}");
    assert_eq!(toast.body, "4 banks were linked");
    assert!(connection.company_id.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_ends_soon_is_told_once_at_each_step() {
    let world = World::new(Options { transactions: Some(20), ..Options::default() }).await;
    let engine = world.engine();
    world.linked("Acme Ltd", BANK).await;
    let first = engine.inbox(InboxStep::Look).await.expect("inbox");
    engine.inbox(InboxStep::MarkAll { upto: first.notices[0].id }).await.expect("marked");
    let unread = || async { engine.status().await.expect("status").counts.unread };
    world.clock.ahead(59 * DAY_MS);
    assert_eq!(unread().await, 0, "31 days are left");
    world.clock.ahead(2 * DAY_MS);
    let inbox = engine.inbox(InboxStep::Look).await.expect("inbox");
    let (ending, kind) = (&inbox.notices[0], inbox.notices[0].kind);
    assert_eq!((kind, ending.title.as_str()), (NoticeKind::Ending, "The consent at Demo Bank ends soon, an estimate"));
    assert!(ending.detail.as_deref().is_some_and(|detail| detail.starts_with("By our estimate on ")), "{ending:?}");
    assert_eq!(ending.company_name.as_deref(), Some("Acme Ltd"));
    world.clock.ahead(DAY_MS);
    assert_eq!(unread().await, 1, "once a step");
    world.clock.ahead(15 * DAY_MS);
    let again = engine.inbox(InboxStep::Look).await.expect("inbox");
    assert_eq!((again.unread, again.notices[0].at > ending.at), (2, true), "and at the next step: {again:?}");
}
