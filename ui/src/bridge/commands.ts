// Generated from the engine's views and the shell's commands by `cargo xtask bindings`. Do not edit.

import { host } from "./host";
import type { AppState, AttemptView, BankPage, BankQuery, CompanyPage, CompanyQuery, CompanyView, DataAccessSheet, Door, Doorbell, DraftView, ExportDone, ExportFormat, HandOver, KeyCheck, NameCheck, Preferences, ProfileView, ReturnSettings, RingOutcome, SaveDraft, SaveKey, SetReturn, StartSync, StatusPill, StatusView, TransactionPage, TransactionQuery } from "./types";

export const call = {
  appState: () => host.invoke<AppState>("app_state"),
  attempt: (id: string) => host.invoke<AttemptView>("attempt", { id }),
  beginLink: (draftId: string) => host.invoke<AttemptView>("begin_link", { draftId }),
  checkCompanyName: (name: string) => host.invoke<NameCheck>("check_company_name", { name }),
  checkKey: (key: string) => host.invoke<KeyCheck>("check_key", { key }),
  checkNow: (attemptId: string) => host.invoke<AttemptView>("check_now", { attemptId }),
  company: (id: string) => host.invoke<CompanyView>("company", { id }),
  dataAccessSheet: (bankKey: string) => host.invoke<DataAccessSheet>("data_access_sheet", { bankKey }),
  discardDraft: (id: string) => host.invoke<null>("discard_draft", { id }),
  drafts: () => host.invoke<DraftView[]>("drafts"),
  exportTransactions: (query: TransactionQuery, format: ExportFormat) => host.invoke<ExportDone>("export_transactions", { query, format }),
  handOver: (attemptId: string, door: Door) => host.invoke<HandOver>("hand_over", { attemptId, door }),
  listCompanies: (query: CompanyQuery) => host.invoke<CompanyPage>("list_companies", { query }),
  openAttempts: () => host.invoke<AttemptView[]>("open_attempts"),
  openKeyWindow: () => host.invoke<null>("open_key_window"),
  openProfile: (name: string) => host.invoke<ProfileView>("open_profile", { name }),
  parkAttempt: (attemptId: string) => host.invoke<AttemptView>("park_attempt", { attemptId }),
  refresh: () => host.invoke<null>("refresh"),
  removeProfile: (name: string) => host.invoke<null>("remove_profile", { name }),
  ring: (text: string) => host.invoke<RingOutcome>("ring", { text }),
  saveDraft: (draft: SaveDraft) => host.invoke<DraftView>("save_draft", { draft }),
  saveKey: (save: SaveKey) => host.invoke<ProfileView>("save_key", { save }),
  searchBanks: (query: BankQuery) => host.invoke<BankPage>("search_banks", { query }),
  setPreferences: (preferences: Preferences) => host.invoke<Preferences>("set_preferences", { preferences }),
  setReturn: (change: SetReturn) => host.invoke<ReturnSettings>("set_return", { change }),
  startDemo: () => host.invoke<ProfileView>("start_demo"),
  startSync: (request: StartSync) => host.invoke<null>("start_sync", { request }),
  status: () => host.invoke<StatusView>("status"),
  testDoorbell: (kind: Doorbell) => host.invoke<StatusPill>("test_doorbell", { kind }),
  transactions: (query: TransactionQuery) => host.invoke<TransactionPage>("transactions", { query }),
};
