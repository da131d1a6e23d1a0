"""Which functions a socket may call: every public method of a state is one, so each must be meant to be (REFLEX.md 0, 4)."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_type_hints

import pytest
from reflex_base.registry import RegistrationContext

from babble_app import states
from babble_app.discovery import import_modules

FOLDER = Path(states.__file__).parent

HANDLERS = {
    "AccountState": "change_password choose_theme close_dialog delete_account end_all_logins end_login open_dialog save_name",
    "AppState": "close_dialog delete load open_dialog pause pick_tab rename resume",
    "AppTokensState": "ask_revoke ask_rotate close_dialog create dismiss_token load open_new pick_snippet revoke rotate",
    "AppsState": "close_new create load open_new pick_agent",
    "AnswerState": "choose close_answer open_answer save_answer",
    "ApiKeysState": "ask_delete close_dialog create delete dismiss_key load",
    "BehaviourState": "list_models load pick_model pick_profile save_answers save_limits",
    "BudgetsState": "ask_delete close_dialog delete open_change open_new save",
    "CanvasState": "check discard dismiss_dropped dismiss_problem download edit open_agent show_version "
    "take_edits_back take_new_version",
    "ChatState": "ask_anew catch_up dismiss_problem load refresh rename run_again send show_earlier stop suggest",
    "ChoicesState": "choose_all_files choose_file choose_review load_models pick_mode pick_model pick_profile",
    "DetailsState": "close download show_details",
    "DraftState": "compare",
    "FilesState": "ask_delete close_view delete follow_reading keep view",
    "HistoryState": "",
    "KeepState": "ask cancel keep_test",
    "LabelState": "cancel edit_label save",
    "LiveState": "attach detach",
    "LoginState": "choose_form load",
    "LookState": "discard load pick_color pick_dark pick_place save write",
    "MergeState": "choose dismiss_problem edit_merged leave_merge merge_proposal save save_draft save_merged write",
    "MocksState": "close_mock delete_mock load open_mock pick_failure pick_kind raise_mock save_mock",
    "OriginsState": "allow allow_seen check_origin forbid load write_origin",
    "OutcomeState": "",
    "PanesState": "pick_changes pick_tab show_changes show_chat show_code "
    "show_alone show_comparison show_decision show_line show_test show_tests",
    "ProfileFormState": "close_form copy_profile open_new open_profile pick_makes pick_model raise_model save_profile",
    "ProfilesState": "ask_delete cancel_delete delete_profile load",
    "ProposalState": "check decide decide_all discard dismiss_problem keep open_agent show_in_editor take_proposal",
    "PublishState": "ask_publish ask_roll_back close gate publish roll_back show_publications",
    "ReleasesState": "ask_roll_back close_dialog load pick_percent pick_staging pick_trial pick_version release roll_back",
    "RepairState": "fix record_again send_request stop_fix watch",
    "RestoringState": "restore revert",
    "RuleFormState": "add_rule drop_rule lower_rule pick_classifier pick_difficulty pick_language pick_rule_model pick_task "
    "raise_rule toggle_rule write_length",
    "SessionState": "",
    "SettingsState": "choose_fallback choose_model close_dialog delete_key list_choices load open_dialog save_key test_key",
    "ShellState": "load",
    "SuiteState": "close_import export generate import_tests open_import take_file",
    "TestFormState": "add_assertion close_form drop_assertion open_new open_test pick_assertion pick_kind save_test",
    "TestState": "ask_again dismiss_note go_on pick_view replace_answer replay send send_again start take_back",
    "TestsState": "ask_delete cancel_delete choose_for_gate delete dismiss_problem load run_all run_one show_list show_test",
    "ToastState": "dismiss show_failure",
    "ToolFormState": "add_argument add_header add_missing allow_host close_form describe_argument drop_argument drop_header "
    "name_argument open_new open_tool pick_type replace_header require save_tool show_fields show_json write_schema write_url",
    "ToolTrialState": "allow_host call close_trial open_trial",
    "ToolsState": "allow_host ask_removal cancel_removal load remove",
    "TraceState": "toggle_step",
    "UnansweredState": "",
    "UsageState": "load pick_period show_everybody",
    "VersionsState": "ask_revert cancel_revert dismiss_problem load open_agent pick_from pick_hunk pick_layout pick_to "
    "restore revert show_change show_parts",
    "VisitState": "close_dialog erase hand_back keep_test open_dialog say show_earlier take_over",
    "VisitsState": "ask_erase_all erase_all follow keep_all load look_for pick_channel pick_show pick_version pick_view show_more",
    "WorkspaceState": "close_dialog delete load new_chat open_dialog rename",
    "WorkspacesState": "close_dialog create delete finish_create load open_delete open_new open_rename rename",
}
"""What each state lets a socket call. A new handler is written here too: whoever adds it says that it checks the owner."""


def test_every_handler_of_a_state_is_listed_and_nothing_else_can_be_called() -> None:
    modules = list(import_modules(states))

    found = {
        state.__name__: set(state.event_handlers) - {"setvar"}
        for module in modules
        for state in vars(module).values()
        if isinstance(state, type)
        and state.__module__ == module.__name__
        and hasattr(state, "event_handlers")
    }

    assert found == {name: set(handlers.split()) for name, handlers in HANDLERS.items()}


def test_the_types_of_what_handlers_take_can_be_read_while_the_server_runs() -> None:
    """The guard reads them before each event; a name that only type checkers know would fail there (arguments.py)."""
    list(import_modules(states))
    handlers = RegistrationContext.get().event_handlers

    for registered in handlers.values():
        get_type_hints(registered.handler.fn)

    assert len(handlers) > 90


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_every_public_method_of_a_state_is_a_declared_event_or_var(path: Path) -> None:
    tree = ast.parse(path.read_text())

    undeclared = [
        f"{state.name}.{method.name}"
        for state in tree.body
        if isinstance(state, ast.ClassDef)
        and any("State" in ast.unparse(base) for base in state.bases)
        for method in state.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        and not method.name.startswith("_")
        and not any(
            ast.unparse(mark).startswith(("rx.event", "rx.var")) for mark in method.decorator_list
        )
    ]

    assert undeclared == []
