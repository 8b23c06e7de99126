"""What the policies module offers the shell. Data only: no Qt, no database."""

from __future__ import annotations

from db.access import Access, Frozen
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
    Right,
    Setting,
    Verb,
)

PACKAGE = "desktop.modules.policies"

_LEADING = "title title_key title_folded language owner_post_id state next_review"  # what follows the leading version
_OWN_TASKS = {"task": "module = 'policies'"}  # others hold notes of calls

MANIFEST = Manifest(
    key="policies",
    title=_("Policies"),
    icon="policies.svg",
    group="desk",
    order=60,
    rights=(
        Right("policies.view", _("See and print policies"), roles=("office", "manager", "alumni_officer", "mentor_coordinator")),
        Right("policies.edit", _("Write policies and file signatures"), roles=("office", "manager", "alumni_officer")),
        Right("policies.decide", _("Decide policies"), roles=("manager",)),
    ),
    pages=(
        Page("policies.list", _("Policies"), "policies.view", f"{PACKAGE}.pages:PolicyListPage"),
        Page("policies.record", _("Policy"), "policies.view", f"{PACKAGE}.record_page:PolicyPage", hidden=True, under="policies.list"),
    ),
    settings=(
        Setting("review_months", int, 12, _("A policy in force is revised after"), unit=_("months"), least=1, most=60),
        Setting("notice_days", int, 30, _("A revision counts as due soon"), unit=_("days before"), least=0, most=365),
        Setting(
            "four_eyes", str, "auto", _("Whoever wrote a version may not decide it"),
            choices=(("auto", _("When there is more than one user")), ("on", _("Always")), ("off", _("Never"))),
        ),
    ),
    verbs=(
        Verb("create_policy", _("Began the policy “{title}”")),
        Verb("import_policy", _("Imported the policy “{title}” as a draft")),
        Verb("save_policy", _("Changed the draft of “{title}”, version {number}")),
        Verb("begin_policy_version", _("Began version {number} of “{title}”")),
        Verb("submit_policy", _("Sent “{title}”, version {number}, for review")),
        Verb("send_policy_back", _("Took “{title}”, version {number}, back to draft")),
        Verb("decide_policy", _("Decided “{title}”, version {number}")),
        Verb("put_policy_in_force", _("Put “{title}”, version {number}, in force")),
        Verb("review_policy", _("Reviewed “{title}” without a change")),
        Verb("plan_policy_review", _("Planned the next revision of “{title}”")),
        Verb("withdraw_policy", _("Withdrew “{title}”")),
        Verb("ask_post_to_sign", _("Asked the holder of “{post}” to sign a policy")),
        Verb("ask_person_to_sign", _("Asked a person to sign a policy")),
        Verb("file_signature", _("Filed the signature of {name} under “{title}”, version {number}")),
        Verb("demo_policies", _("Added policies to try things out with")),
    ),
    contributions=(
        Contribution("my_day_card", "policies.due", _("Policies to revise"), f"{PACKAGE}.due_card:DueCard", right="policies.view"),
        Contribution("timeline_kind", "signature", _("Signature"), f"{PACKAGE}.timeline:signature_title"),
        Contribution("import", "policy", _("A policy written in a file"), f"{PACKAGE}.imports:import_policy", right="policies.edit"),
        Contribution("document", "policies.policy", _("Policy"), f"{PACKAGE}.documents:make_policy", right="policies.view"),
        Contribution("document", "policies.consent", _("Consent form"), f"{PACKAGE}.documents:make_consent", right="policies.view"),
        Contribution("handover", "policies.handover", _("Policies"), f"{PACKAGE}.reading:handed_over", right="policies.view"),
        Contribution("demo_data", "policies", _("Policies"), f"{PACKAGE}.demo:add_policies"),
        Contribution(
            "segment_field", "policies.signature", _("Signed policy"), f"{PACKAGE}.segment_fields:signature", right="policies.view",
            asks=Asks(
                "relation", _("Policies"),
                parts=(
                    Part("policy", _("Policy"), Asks("choice", offers=f"{PACKAGE}.segment_fields:titles")),
                    Part("valid", _("Of the version that holds"), Asks("yes_no")),
                    Part("signed_on", _("Signed on"), Asks("day")),
                ),
            ),
        ),
    ),
    codes=(Codes("policies.task", (("review", _("Revise the policy")),)),),
    person_rows=(
        PersonRows(
            "policy_signer", ngettext("{count} policy to sign", "{count} policies to sign"), same="policy_id",
            shows=f"{PACKAGE}.merging:show_signers", right="policies.view",
        ),
        PersonRows(
            "policy_signature", ngettext("{count} signature", "{count} signatures"), same="version_id",
            settle=f"{PACKAGE}.merging:settle_signatures", shows=f"{PACKAGE}.merging:show_signatures", right="policies.view",
            staff="filed_by",
        ),
    ),
    erasing=(
        Erasing("policy_signer"),
        Erasing(
            "policy_signature",
            refers=("person_id",),
            ground=_("Archive law: a signed policy is an official document, and the signature a part of it."),
            until=_("Until the authority decides on its disposal."),
        ),
    ),
    no_retention=_("What people sign is kept by archive law; all else goes with the person, by the rules of the register."),
    impersonal="policy policy_version policy_review",
    person_more=(
        PersonMore("policy", "id", "policy_signer.policy_id", only="title"),
        PersonMore("policy_version", "id", "policy_signature.version_id", only="title number"),
        PersonMore("attachment", "id", "policy_signature.attachment_id"),
    ),
    not_reported=(NotReported("policy_review"),),
    records=f"{PACKAGE}.recorded:RECORDS",
    access=(
        Access(
            "policies.view",
            reads="policy policy_version policy_signer policy_signature policy_review post post_holding person.id person.given "
            "person.family person.preferred person.retired_at person.name_key task attachment file_content change_set change_about presence",
            rows=_OWN_TASKS | {"presence": "page = 'policies.record' AND EXISTS (SELECT FROM core.policy p WHERE p.id = ref)"},
        ),
        Access(
            "policies.edit",
            calls="people_called",  # to find who signs, by name
            rows=_OWN_TASKS,
            adds="policy policy_version policy_signer policy_signature policy_review post post_holding task attachment "
            "file_content interaction",
            changes={
                "policy": _LEADING,
                "policy_version": "state title owner_post contact language source content_hash note author_id revised_on "
                "revised_by ended_on",
                "policy_signature": "attachment_id",
                "post_holding": "ends",
                "task": "title due post_id done_at",
            },
            frozen=(Frozen("policy_version", "state <> 'draft'", "title owner_post contact language source content_hash"),),
        ),
        Access("people.erase", reads="policy_signer policy_signature", changes={"policy_signature": "person_id"}),
        Access(
            "people.report",
            reads="policy_signer policy_signature policy.id policy.title policy_version.id policy_version.policy_id "
            "policy_version.title policy_version.number attachment",
        ),
        Access(
            "people.protected",
            reads="policy.id policy.title policy_version.id policy_version.policy_id policy_version.title policy_version.number",
        ),
        Access(
            "people.merge",
            reads="policy_signer policy_signature",
            changes={
                "policy_signer": "person_id",
                "policy_signature": "person_id post_title signed_on place attachment_id filed_at filed_by",
            },
            removes="policy_signer policy_signature",
        ),
        Access(
            "policies.decide",
            reads="policy policy_version post task",
            rows=_OWN_TASKS,
            adds="policy_review post task",
            changes={
                "policy": _LEADING,
                "policy_version": "state decided_on decided_by in_force_on ended_on",
                "task": "title due post_id done_at",
            },
        ),
    ),
)  # fmt: skip
