"""What phone duty offers the shell. Data only: no Qt, no database."""

from __future__ import annotations

from db.access import Access, OwnRows
from db.texts import _, ngettext
from desktop.core.manifest import (
    Asks,
    Codes,
    Contribution,
    Erasing,
    Manifest,
    NotReported,
    Page,
    Part,
    PersonMore,
    PersonRows,
    Retention,
    Right,
    RowRetention,
    Setting,
    Verb,
)
from desktop.modules.phones.rules import HOTLINE_OUTCOMES, OUTCOMES

_FIELDS = "desktop.modules.phones.segment_fields"

MANIFEST = Manifest(
    key="phones",
    title=_("Phone duty"),
    icon="phones.svg",
    group="desk",
    order=10,
    rights=(
        Right("phones.call", _("Call people in call rounds"), ("office", "caller", "manager")),
        Right("phones.plan", _("Make and change call rounds"), ("office", "manager")),
    ),
    pages=(
        Page("phones.rounds", _("Phone duty"), "phones.call", "desktop.modules.phones.rounds_page:RoundsPage"),
        Page(
            "phones.round",
            _("Calls"),
            "phones.call",
            "desktop.modules.phones.console:ConsolePage",
            hidden=True,
            under="phones.rounds",
        ),
        Page(
            "phones.record",
            _("Callback"),
            "phones.call",
            "desktop.modules.phones.console:ConsolePage",
            hidden=True,
            under="phones.rounds",
        ),
        Page(
            "phones.hotline",
            _("Hotline"),
            "phones.call",
            "desktop.modules.phones.hotline:HotlinePage",
            hidden=True,
            under="phones.rounds",
        ),
        Page(
            "phones.form",
            _("Call round"),
            "phones.plan",
            "desktop.modules.phones.round_form:RoundFormPage",
            hidden=True,
            under="phones.rounds",
        ),
    ),
    settings=(
        Setting("programme", str, "", _("My own programme: its people are called first"), personal=True),
        Setting(
            "fall_hours",
            int,
            2,
            _("A promised callback falls to anyone after"),
            unit=_("hours"),
            least=1,
            most=168,
        ),
    ),
    verbs=(
        Verb(
            "create_call_round",
            ngettext("Call round “{title}” made with {count} person", "Call round “{title}” made with {count} people"),
        ),
        Verb(
            "add_to_call_round",
            ngettext("{count} person added to the call round “{title}”", "{count} people added to the call round “{title}”"),
        ),
        Verb("change_call_round", _("Call round “{title}” changed")),
        Verb("close_call_round", _("Call round “{title}” closed")),
        Verb("open_call_round", _("Call round “{title}” opened again")),
        Verb("log_call", _("Call with {name} logged"), outside="called"),
        Verb("log_hotline_call", _("Hotline call logged: {name}"), outside="called"),
    ),
    contributions=(
        Contribution(
            "selection_action",
            "phones.add",
            _("Add to call round…"),
            "desktop.modules.phones.adding:add_to_round",
            right="phones.plan",
            icon="phones.svg",
            order=10,
        ),
        Contribution(
            "my_day_card",
            "phones.callbacks",
            _("Callbacks due"),
            "desktop.modules.phones.callbacks_card:CallbacksCard",
            right="phones.call",
            order=10,
        ),
        Contribution("timeline_kind", "phones.calls", _("Calls"), "desktop.modules.phones.words:timeline_title"),
        Contribution("demo_data", "phones.demo", _("A round of welcome calls"), "desktop.modules.phones.demo:make_demo"),
        Contribution(
            "segment_field",
            "phones.entry",
            _("Call round"),
            f"{_FIELDS}:entry",
            right="phones.call",
            asks=Asks(
                "relation",
                _("Phone duty"),
                parts=(
                    Part("round", _("Call round"), Asks("choice", offers=f"{_FIELDS}:rounds")),
                    Part("outcome", _("Last outcome"), Asks("choice", offers=f"{_FIELDS}:endings")),
                    Part("tries", _("Tries"), Asks("number")),
                    Part("done", _("Done"), Asks("yes_no")),
                ),
            ),
        ),
        Contribution(
            "segment_field",
            "phones.call",
            _("Call logged"),
            f"{_FIELDS}:call",
            right="phones.call",
            asks=Asks(
                "relation",
                _("Phone duty"),
                parts=(
                    Part("outcome", _("Outcome"), Asks("choice", offers=f"{_FIELDS}:endings")),
                    Part("when", _("When"), Asks("day")),
                    Part("round", _("Call round"), Asks("choice", offers=f"{_FIELDS}:rounds")),
                    Part("by", _("By whom"), Asks("text")),
                ),
            ),
        ),
    ),
    codes=(Codes("phones.outcome", tuple((OUTCOMES | HOTLINE_OUTCOMES).items())),),
    person_rows=(
        PersonRows(
            "call_entry",
            ngettext("{count} place in a call round", "{count} places in call rounds"),
            same="round_id",
            followers=("call.entry_id",),
            settle="desktop.modules.phones.merging:settle_entries",
            shows="desktop.modules.phones.merging:show_entries",
            right="phones.call",
        ),
    ),
    erasing=(
        Erasing(
            "call_entry",
            refers=("person_id",),
            counts="round_id position state why ready_at attempts last_outcome done_at",
        ),
        Erasing(
            "call",
            ngettext("{count} call", "{count} calls"),
            counts="round_id entry_id interaction_id outcome topics caller_id caller_name started ended",
        ),
        Erasing("call_claim"),
    ),
    retention=(
        Retention(
            "phones.called",
            _("People known only from calls"),
            "desktop.modules.phones.retention:only_called",
            "contact answer",
            12,
            "erase",
            _("Data protection law: no longer than the purpose of the call needs (article 5.1 e)."),
        ),
    ),
    row_retention=(
        RowRetention(
            "phones.entries",
            _("Places in call rounds that are closed"),
            "call_entry",
            "desktop.modules.phones.retention:old_entries",
            _("the day it was done with"),
            24,
            _("Data protection law: no longer than the purpose of the call needs (article 5.1 e)."),
        ),
    ),
    impersonal="call_round call_outcome",
    person_more=(
        PersonMore("call_round", "id", "call_entry.round_id", only="title"),
        PersonMore("call", "entry_id", "call_entry.id", staff="caller_name"),
        PersonMore("call", "interaction_id", "interaction.id", staff="caller_name"),
    ),
    not_reported=(NotReported("call_outcome call_claim"),),
    records="desktop.modules.phones.recorded:RECORDS",
    access=(
        Access(
            "phones.call",
            reads="person contact_point role interaction task post call_round call_entry call call_outcome call_claim change_set "
            "change_about consent consent_purpose consent_text contact_block",
            adds="interaction task call consent contact_block",
            changes={
                "call_entry": "state why ready_at attempts callback_at callback_user last_outcome done_at",
                "contact_point": "hold",
                "contact_block": "reason ends_at",
                "task": "done_at",
            },
            own=(OwnRows("call_claim", "until", stale="until <= clock_timestamp()"),),
        ),
        Access(
            "phones.plan",
            reads="person role call_round call_entry call call_outcome change_set change_about presence "
            "consent_purpose consent_text consent.purpose_id",
            rows={"presence": "page = 'phones.form' AND EXISTS (SELECT FROM core.call_round r WHERE r.id = ref)"},
            adds="call_round call_entry",
            changes={"call_round": "title kind state language script help opens closes max_tries made_at purpose"},
        ),
        Access("people.retention", reads="call_entry call_round.id call_round.state"),
        Access("people.report", reads="call_entry call call_round.id call_round.title"),
        Access("people.protected", reads="call_round.id call_round.title"),
        Access(
            "people.erase",
            reads="call_entry call",
            changes={"call_entry": "person_id callback_at callback_user", "call": "contact_point_id answers note"},
        ),
        Access(
            "people.merge",
            reads="call_entry call_round.id call_round.title call.id call.version call.entry_id call_claim",
            changes={
                "call_entry": "person_id state why ready_at attempts callback_at callback_user last_outcome done_at",
                "call": "entry_id",
            },
            removes="call_entry",
        ),
    ),
)
