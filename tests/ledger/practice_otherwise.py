"""Every public function of the ledger, and those that need no line among what one practice sees or changes: by why."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping

import ledger

# What needs no line above, by why.
OTHERWISE: Mapping[str, str] = {
    "a lease holds a sign-in, which is one practice's: lanes.take refuses another's": """
        breakers.enter codes.end codes.take codes.want devices.forget devices.keep devices.known lanes.beat lanes.hold
        lanes.release presses.begin probes.record runs.end runs.notice runs.report runs.running runs.start runs.stepped
        appeals_press.pressing
        """,
    "for the ledger's own functions: it is given what its caller has read for one practice": """
        purge_rows.remove purge_rows.remove_cases purge_rows.rows_of purge_rows.shred
        purge_claims.remove_subjects purge_claims.ripe_answers purge_claims.ripe_subjects
        purge_payments.remove_remittances purge_payments.ripe_remittances purge_sealed.remove_documents
        purge_sealed.remove_evidence purge_sealed.remove_evidence_of purge_sealed.ripe_documents
        purge_sealed.ripe_evidence
        answers.normalised_of answers.read_normalised answers.read_rows answers.record answers.take_over
        appeals_outcome.answered whose.of_practice
        appeals_outcome.concerns appeals_outcome.follow_up appeals_outcome.not_seen appeals_outcome.taken
        appeals_rows.digest appeals_rows.left_pressing appeals_rows.locked appeals_rows.nothing_to_ask
        appeals_rows.ready appeals_rows.step case_routing.due_of case_routing.fill case_routing.follow_appointments
        case_routing.follow_claims case_routing.follow_rules case_routing.has_open_case case_routing.nearest_limits
        case_work.locked case_work.note_act corrections.number_of_candidate manual_answers.question_of_case
        manual_answers.wrong_with text_mappings.same_text
        cases_listed.not_put_off cases.cause_of_finding cases.close_held_by cases.open_finding
        cases.open_for evidence.keep
        found_work.open_found_work imports.bring_in matching_deposits.last_day_of_deposit patient_accounts.paid_since
        patient_accounts.stated planning_facts.Known
        remittances_findings.another_payee remittances_findings.bank_says_otherwise
        remittances_findings.could_be_a_copy remittances_findings.does_not_balance remittances_findings.not_read
        remittances_findings.one_trace_two_amounts remittances_findings.other_charge
        remittances_findings.portal_says_otherwise remittances_findings.read_in_doubt
        remittances_findings.says_otherwise remittances_findings.several_claims_fit
        remittances_findings.takeback_unknown remittances_listed.claim_link remittances_listed.copy_of
        remittances_listed.deposit_record remittances_listed.places_taken_back remittances_listed.records
        reports.decides reports.denied_by_status remittances_rows.balance_of
        remittances_rows.claims_of remittances_rows.header remittances_rows.rows_of
        remittances_rows.unbalanced_places remittances_rows.value_of remittances_rows.Rows
        subjects.account_number_of subjects.number_of tasks_listed.entry_of tasks_listed.joined
        subjects.patient_reference subjects.question_of subjects.question_of_appeal
        subjects.question_of_appointment subjects.question_of_claim subjects.question_of_filed
        subjects.patient_of subjects.question_of_period subjects.revision_of subjects.subject_of tasks_facts.facts_of
        tasks_facts.has_case tasks_facts.known_searches tasks_facts.not_found_facts tasks_payments.follow_acknowledged
        """,
    "it is about accounts and practices themselves, and has tests of its own": """
        accounts.default_practice accounts.ensure_account accounts.ensure_practice accounts.home_practice
        accounts.must_be_person accounts.practice_of accounts.practices membership.accounts_of
        remittances_page.providers membership.add_practice membership.enter
        membership.practices_of console_accounts.anybody_may_sign_in console_accounts.change_own_password
        console_accounts.end_at_desk console_accounts.entered console_accounts.entered_as
        console_accounts.must_leave_an_admin console_accounts.sign_out_everywhere second_factors.confirm
        second_factors.seed_of sign_ins.clear_expired_sessions sign_ins.is_own_password sign_ins.sign_in
        sign_in_brake.forget sign_in_brake.give_back sign_in_brake.newly_closed sign_in_brake.standing
        sign_in_brake.take
        """,
    "it writes into the audit log of one practice, or reads what it wrote there, and has tests of its own": """
        audit_reviews.begin_proof audit_reviews.end_proof audit_reviews.latest_proof audit_reviews.sign_off
        audit_reviews.week audit_reviews.weeks
        """,
    "shared on purpose: the portal is one for all of them, and says nothing of a claim or a patient": """
        breakers.failed breakers.standing breakers.succeeded cases.check_stops cases_listed.stopped_by_others
        closures.check
        closures.close closures.lift closures.standing rates.reserve
        """,
    "for the night shift of the whole office: the calendar, the workers, and a word that something has changed": """
        calendar_entries.begin calendar_entries.claim calendar_entries.entries calendar_entries.firing_entry
        calendar_entries.flow_entry night_controls.stop_sign_ins
        calendar_entries.pause calendar_entries.portal_entry calendar_entries.put_off calendar_entries.renew
        calendar_entries.resume calendar_entries.set_back calendar_entries.settle due.due_groups due.wake_due
        wakes.newest wakes.prune wakes.wake worker_processes.beat worker_processes.bury worker_processes.end
        worker_processes.register
        """,
    "for the dispatch of the whole office: a lane says whose it is, and nothing of a claim or a patient": """
        lane_jobs.beat lane_jobs.fetch lane_jobs.finish lane_jobs.join lane_jobs.leave lane_jobs.offer
        lane_jobs.reap server_clock.check_clock lanes.free lanes.of lanes.reap night_board.changes
        night_board.workers standstill.standing
        """,
    "shared on purpose: the ledger, its vault and its audit chain as a whole": """
        move.no_session shared_files.newest shared_files.newest_version shared_files.publish shared_items.SharedItems
        shared_vault.bring shared_vault.is_here shared_vault.is_shared_office thread.off_the_event_loop
        audit.append audit.verify held_office.check held_office.held held_office.listed_by lanes.drop_all
        portable.counted portable.examine portable.read_rows portable.sealed_names portable.snapshot portable.tables_of
        portable.write_rows portable.written audit.signed_of audit.start_from audit_file.check_file
        audit_file.write_file audit_proof.prove audit_proof.remembered_end
        purge.cutoffs purge.purge_audit purge.remove_files purge.ripe_audit legal_holds.office_holds_anything
        restorations.begin restorations.confirm document_files.sweep
        lane_job_tables.bring_job_tables_up_to_date move.move_to_server
        start.bring_up_to_date start.close_connection start.is_on_server start.open_ledger start.open_on_server
        start.server_settings
        start.set_aside_old_ledger start.set_up_django start.stay_connected vault_state.counter vault_state.set_counter
        """,
    "it reads and changes no row": """
        console_accounts.checked_password console_accounts.new_stamp console_accounts.normal_password
        canonical.canonical_json canonical.to_cents canonical.to_dollars codes.label document_files.seal
        prepared_values.bound prepared_values.is_several prepared_values.meaningless
        imports.why_not_kept matching_keys.number_key matching_keys.trace_key night_controls.rate_now
        rates.burst report_figures_work.rank remittances_compare.repeats
        remittances_compare.same_payer remittances_rows.cents subjects.column_of subjects.joined subjects.numbered
        subjects.period_number terms.digest terms.normalised
        """,
}


def public_functions() -> set[str]:
    """Every public function of the ledger's modules, and every public class of theirs that asks the database."""
    found = set()
    for module in pkgutil.iter_modules(ledger.__path__):
        if module.ispkg:
            continue
        loaded = importlib.import_module(f"ledger.{module.name}")
        for name, thing in vars(loaded).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != loaded.__name__:
                continue
            asks = inspect.isclass(thing) and ".objects" in inspect.getsource(thing)
            if inspect.isfunction(thing) or asks:
                found.add(f"{module.name}.{name}")
    return found
