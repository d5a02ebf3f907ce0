/* The handlers of all routes; one api_*.c per group. */
#ifndef JIXIA_HTTP_API_H
#define JIXIA_HTTP_API_H
#include "http/http.h"

/* api_session.c */
bool api_health(Request *r, Response *out);
bool api_openapi(Request *r, Response *out);
bool api_session(Request *r, Response *out);
bool api_sign_in(Request *r, Response *out);
bool api_sign_out(Request *r, Response *out);
bool api_me(Request *r, Response *out);
bool api_change_password(Request *r, Response *out);

/* api_user.c */
/* What every view of an account begins with: id, names, place, roles. */
Json *api_account(Arena *a, const User *u);
bool api_users(Request *r, Response *out);
bool api_user_add(Request *r, Response *out);
bool api_user(Request *r, Response *out);
bool api_user_change(Request *r, Response *out);

/* api_meta.c */
bool api_fields(Request *r, Response *out);
bool api_rule_names(Request *r, Response *out);
bool api_documents(Request *r, Response *out);
bool api_sources(Request *r, Response *out);
bool api_divisions(Request *r, Response *out);
bool api_industries(Request *r, Response *out);
bool api_roles(Request *r, Response *out);

/* api_rule.c */
bool api_rules(Request *r, Response *out);
bool api_rule(Request *r, Response *out);
/* api_rule_findings.c */
bool api_rule_findings(Request *r, Response *out);

/* api_revision.c, api_revision_model.c */
bool api_revisions(Request *r, Response *out);
bool api_revision_add(Request *r, Response *out);
bool api_revision(Request *r, Response *out);
bool api_revision_change(Request *r, Response *out);
bool api_revision_check(Request *r, Response *out);
bool api_revision_diff(Request *r, Response *out);
bool api_revision_model(Request *r, Response *out);
bool api_revision_upload_model(Request *r, Response *out);
bool api_revision_table(Request *r, Response *out);
bool api_revision_upload_table(Request *r, Response *out);
bool api_revision_submit(Request *r, Response *out);
bool api_revision_return(Request *r, Response *out);
bool api_revision_withdraw(Request *r, Response *out);
bool api_revision_release(Request *r, Response *out);
bool api_rule_model(Request *r, Response *out);
bool api_rule_table(Request *r, Response *out);
bool api_rule_diff(Request *r, Response *out);

/* api_overview.c */
bool api_overview(Request *r, Response *out);
/* Counts of a rule in a snapshot with their lists; null without one and for rules on
 * persons and the city. */
struct Snapshot;
void api_out_counts(Arena *a, Json *o, const struct Snapshot *s, const Rule *rule);

/* api_search.c */
bool api_search(Request *r, Response *out);

/* api_import.c, api_import_rows.c */
bool api_imports(Request *r, Response *out);
bool api_import_add(Request *r, Response *out);
bool api_import(Request *r, Response *out);
bool api_import_map(Request *r, Response *out);
bool api_import_discard(Request *r, Response *out);
bool api_import_commit(Request *r, Response *out);
bool api_import_reverse(Request *r, Response *out);
bool api_import_rows(Request *r, Response *out);
bool api_import_fix(Request *r, Response *out);
bool api_import_refused(Request *r, Response *out);
bool api_import_template(Request *r, Response *out);
/* api_enterprise.c */
bool api_enterprises(Request *r, Response *out);
bool api_enterprise(Request *r, Response *out);

/* api_fact.c, api_enterprise_history.c, api_explain.c, api_match.c */
bool api_facts(Request *r, Response *out);
bool api_history(Request *r, Response *out);
bool api_explain(Request *r, Response *out);
bool api_match(Request *r, Response *out);

/* --- flows, cases, evidence files, tasks --- */
bool api_cases(Request *r, Response *out); /* api_case.c */
bool api_case_open(Request *r, Response *out);
bool api_case(Request *r, Response *out);
bool api_case_change(Request *r, Response *out);
bool api_case_act(Request *r, Response *out);
bool api_case_batch(Request *r, Response *out);
bool api_case_events(Request *r, Response *out); /* api_case_part.c */
bool api_case_messages(Request *r, Response *out);
bool api_case_say(Request *r, Response *out);
bool api_case_papers(Request *r, Response *out);
bool api_case_paper(Request *r, Response *out);
bool api_case_documents(Request *r, Response *out);
bool api_case_upload(Request *r, Response *out);
bool api_case_withdraw(Request *r, Response *out);
bool api_case_sign(Request *r, Response *out);
bool api_file(Request *r, Response *out);
bool api_tasks(Request *r, Response *out); /* api_task.c */
bool api_flows(Request *r, Response *out);
bool api_calendar(Request *r, Response *out);

/* --- people, offices, organisations --- */
/* api_org.c */
bool api_organisations(Request *r, Response *out);
bool api_organisation_add(Request *r, Response *out);
bool api_organisation(Request *r, Response *out);
bool api_organisation_change(Request *r, Response *out);
bool api_agreement_add(Request *r, Response *out);
bool api_agreement_end(Request *r, Response *out);
bool api_offices(Request *r, Response *out);
bool api_office_add(Request *r, Response *out);
bool api_office_rename(Request *r, Response *out);
bool api_office_duty(Request *r, Response *out);
bool api_office_handover(Request *r, Response *out);
/* api_user_access.c */
bool api_user_invite(Request *r, Response *out);
bool api_user_uninvite(Request *r, Response *out);
bool api_invitation_accept(Request *r, Response *out);
bool api_factor(Request *r, Response *out);
bool api_factor_begin(Request *r, Response *out);
bool api_factor_confirm(Request *r, Response *out);
bool api_factor_remove(Request *r, Response *out);
bool api_own_sessions(Request *r, Response *out);
bool api_own_session_end(Request *r, Response *out);
bool api_user_sessions(Request *r, Response *out);
bool api_user_session_end(Request *r, Response *out);
bool api_preview(Request *r, Response *out);
bool api_preview_end(Request *r, Response *out);
/* api_user_binding.c */
bool api_bindings(Request *r, Response *out);
bool api_binding_proof(Request *r, Response *out);
bool api_binding_decide(Request *r, Response *out);
bool api_binding_end(Request *r, Response *out);
bool api_own_bindings(Request *r, Response *out);
bool api_binding_ask(Request *r, Response *out);

/* --- titles, recommendations, discovery --- */
/* api_title.c, api_library.c */
bool api_title_lists(Request *r, Response *out);
bool api_title_import(Request *r, Response *out);
bool api_title_list_undo(Request *r, Response *out);
bool api_titles(Request *r, Response *out);
bool api_title(Request *r, Response *out);
bool api_title_add(Request *r, Response *out);
bool api_title_event(Request *r, Response *out);
bool api_enterprise_titles(Request *r, Response *out);
bool api_incubation(Request *r, Response *out);
bool api_incubation_add(Request *r, Response *out);
bool api_public_titles(Request *r, Response *out);
bool api_public_rounds(Request *r, Response *out);
bool api_partner_record(Request *r, Response *out);
bool api_partner_publish(Request *r, Response *out);
bool api_partner_public(Request *r, Response *out);
bool api_library(Request *r, Response *out);
bool api_library_expiring(Request *r, Response *out);
bool api_library_cohorts(Request *r, Response *out);
/* api_discovery.c */
bool api_discovery(Request *r, Response *out);

/* api_recommend.c, api_candidate.c */
bool api_recommendations(Request *r, Response *out);
bool api_recommendation_check(Request *r, Response *out);
bool api_recommendation_add(Request *r, Response *out);
bool api_recommendation(Request *r, Response *out);
bool api_recommendation_withdraw(Request *r, Response *out);
bool api_recommendation_identify(Request *r, Response *out);
bool api_recommendation_file_add(Request *r, Response *out);
bool api_recommendation_file(Request *r, Response *out);
bool api_candidates(Request *r, Response *out);
bool api_candidate(Request *r, Response *out);
bool api_candidate_consent(Request *r, Response *out);
bool api_candidate_pairs(Request *r, Response *out);
bool api_candidate_settle(Request *r, Response *out);

/* api_watch.c, api_authorisation.c */
bool api_watches(Request *r, Response *out);
bool api_watch_add(Request *r, Response *out);
bool api_watch_end(Request *r, Response *out);
bool api_watch_run(Request *r, Response *out);
bool api_authorisations(Request *r, Response *out);
bool api_authorisation_add(Request *r, Response *out);
bool api_authorisation_withdraw(Request *r, Response *out);
bool api_discovery_ask(Request *r, Response *out);

/* --- rounds and reviews --- */
bool api_rounds(Request *r, Response *out);
bool api_round_add(Request *r, Response *out);
bool api_round(Request *r, Response *out);
bool api_round_act(Request *r, Response *out);
bool api_round_sign(Request *r, Response *out);
bool api_round_candidates(Request *r, Response *out);
bool api_round_preview(Request *r, Response *out);
bool api_round_diff(Request *r, Response *out);
bool api_visit_cap(Request *r, Response *out);
bool api_visit_cap_set(Request *r, Response *out);
bool api_round_draw(Request *r, Response *out);
bool api_round_panel(Request *r, Response *out);
bool api_reviews(Request *r, Response *out);
bool api_review(Request *r, Response *out);
bool api_review_document(Request *r, Response *out);
bool api_review_declare(Request *r, Response *out);
bool api_review_save(Request *r, Response *out);

/* --- notices, letters, certificates --- */
/* api_notice.c, api_notice_objection.c, api_notice_public.c */
bool api_public_notices(Request *r, Response *out);
bool api_public_notice(Request *r, Response *out);
bool api_public_notice_state(Request *r, Response *out);
bool api_public_objection_add(Request *r, Response *out);
bool api_public_objection(Request *r, Response *out);
bool api_paper_templates(Request *r, Response *out);
bool api_notices(Request *r, Response *out);
bool api_notice_add(Request *r, Response *out);
bool api_notice(Request *r, Response *out);
bool api_notice_change(Request *r, Response *out);
bool api_notice_docx(Request *r, Response *out);
bool api_notice_publish(Request *r, Response *out);
bool api_notice_conclude(Request *r, Response *out);
bool api_notice_end(Request *r, Response *out);
bool api_objections(Request *r, Response *out);
bool api_objection_add(Request *r, Response *out);
bool api_objection(Request *r, Response *out);
bool api_objection_close(Request *r, Response *out);
/* api_letter.c */
bool api_letters(Request *r, Response *out);
bool api_letter_add(Request *r, Response *out);
bool api_letter(Request *r, Response *out);
bool api_letter_change(Request *r, Response *out);
bool api_letter_send(Request *r, Response *out);
bool api_letter_outcome(Request *r, Response *out);
bool api_letter_end(Request *r, Response *out);
/* api_paper.c */
bool api_letter_docx(Request *r, Response *out);
bool api_letter_print(Request *r, Response *out);
bool api_letter_file_add(Request *r, Response *out);
bool api_letter_file(Request *r, Response *out);
bool api_notice_print(Request *r, Response *out);
bool api_notice_file_add(Request *r, Response *out);
bool api_notice_file(Request *r, Response *out);
/* api_certificate.c */
bool api_certificates(Request *r, Response *out);
bool api_certificate_add(Request *r, Response *out);
bool api_certificate(Request *r, Response *out);
bool api_certificate_withdraw(Request *r, Response *out);
bool api_certificate_print(Request *r, Response *out);
bool api_public_certificate(Request *r, Response *out);
/* page_sheet.c */
bool api_enterprise_sheet(Request *r, Response *out);

/* --- sealed bundles, notifications, audit --- */
/* api_bell.c */
bool api_notifications(Request *r, Response *out);
bool api_notifications_shown(Request *r, Response *out);
bool api_notification_proof(Request *r, Response *out);
bool api_mail_proof(Request *r, Response *out);
bool api_notifications_read(Request *r, Response *out);
bool api_follows(Request *r, Response *out);
bool api_follow(Request *r, Response *out);
bool api_notify_setting(Request *r, Response *out);
bool api_notify_setting_change(Request *r, Response *out);
bool api_calendar_feed_add(Request *r, Response *out);
bool api_calendar_feed_end(Request *r, Response *out);
/* api_calendar_feed.c */
bool api_calendar_feed(Request *r, Response *out);
/* api_audit.c */
bool api_audit_journal(Request *r, Response *out);
bool api_audit_diff(Request *r, Response *out);
bool api_audit_check(Request *r, Response *out);
bool api_audit_replay(Request *r, Response *out);
/* api_bundle.c */
bool api_bundles(Request *r, Response *out);
bool api_bundle_order(Request *r, Response *out);
bool api_bundle(Request *r, Response *out);
bool api_bundle_file(Request *r, Response *out);
bool api_bundle_reader(Request *r, Response *out);

/* --- reconciling lists --- */
bool api_match_confirm(Request *r, Response *out); /* api_match.c */
/* api_reconcile.c */
bool api_reconciliations(Request *r, Response *out);
bool api_reconciliation_add(Request *r, Response *out);
bool api_reconciliation(Request *r, Response *out);
bool api_reconciliation_lines(Request *r, Response *out);
bool api_reconciliation_settle(Request *r, Response *out);

#endif
