"""What the register of people offers the shell. Data only: no Qt, no database."""

from __future__ import annotations

from db.access import EVERYBODY, Access, OwnRows
from db.texts import _, ngettext
from desktop.core.contacting.rules import PRESSURE_SETTINGS
from desktop.core.manifest import Contribution, Manifest, Page, Right, Verb
from desktop.people.erasing.manifest import ERASING, IMPERSONAL
from desktop.people.merging.manifest import PERSON_ROWS, TAKE_APART
from desktop.people.reporting.manifest import NOT_REPORTED, PERSON_MORE
from desktop.people.retention.manifest import RETENTION, RETENTION_ACCESS, RETENTION_VERBS, ROW_RETENTION
from desktop.people.segments.manifest import FIELDS

# Everything about somebody's numbers but the numbers: those are seen masked, or with a right of their own.
_NUMBERS_ASIDE = (
    "identifier.id identifier.version identifier.made_in identifier.changed_in identifier.person_id identifier.kind "
    "identifier.issuer identifier.valid_from identifier.valid_to"
)

# A segment that is not shared is its owner's alone, and so are the people of a frozen one.
_OWN_SEGMENTS = {
    "segment": "shared OR owner_id = core.kontinuum_own_id()",
    "segment_member": "EXISTS (SELECT FROM core.segment s WHERE s.id = segment_id)",
}

# The files of people, and those just given in, which belong to nothing yet.
_OWN_FILES = (
    "NOT EXISTS (SELECT FROM core.attachment a WHERE a.hash = file_content.hash AND a.module <> 'people') "
    "OR EXISTS (SELECT FROM core.attachment a WHERE a.hash = file_content.hash AND a.module = 'people')"
)

NUMBERS = "people.edit people.identifiers"  # what it takes to write a number down, which an import does for many

MANIFEST = Manifest(
    key="people",
    title=_("People"),
    icon="people.svg",
    group="top",
    order=10,
    rights=(
        Right("people.view", _("See people"), ("office", "caller", "manager", "protected_officer")),
        Right("people.edit", _("Change people"), ("office", "caller", "protected_officer")),
        Right("people.identifiers", _("Find people by personal identity number, and see one for a reason")),
        Right("people.looks", _("See who looked at personal identity numbers, and who exported lists"), ("manager",)),
        Right("people.export", _("Take lists of people out as files"), ("office", "manager")),
        Right("people.duplicates", _("Find people who are written down twice")),
        Right("people.protected", _("Handle people with a protected identity"), ("protected_officer",), apart=True),
        Right("people.erase", _("Erase people and anonymise them"), ("manager",)),
        Right("people.retention", _("Look after retention: rules, legal holds and who is due"), ("manager",)),
        Right("people.report", _("Make access reports: everything that is held about a person"), ("manager",)),
        Right("people.merge", _("Merge two records of one person, and take them apart again")),
        Right("people.segments", _("Make and change segments"), ("office", "manager")),
        Right("people.purposes", _("Look after the purposes and texts of consents"), ("manager",)),
        Right("people.organisation", _("Arrange units and posts"), ("office", "manager")),
    ),
    pages=(
        Page("people.list", _("People"), "people.view", "desktop.people.list_page:PeopleListPage", icon="people.svg"),
        Page(
            "people.record", _("Person"), "people.view", "desktop.people.record_page:PersonPage", hidden=True, under="people.list"
        ),
        Page(
            "people.new",
            _("New person"),
            "people.edit",
            "desktop.people.new_page:NewPersonPage",
            hidden=True,
            under="people.list",
        ),
        Page("people.looks", _("Who looked"), "people.looks", "desktop.people.looks_page:LooksPage", icon="lock", hidden=True),
        Page(
            "people.export",
            _("Export people"),
            "people.export",
            "desktop.people.exports.page:ExportPage",
            hidden=True,
            under="people.list",
        ),
        Page(
            "people.exports",
            _("Who exported"),
            "people.looks",
            "desktop.people.exports.log_page:ExportsPage",
            icon="lock",
            hidden=True,
        ),
        Page(
            "people.duplicates",
            _("Possible duplicates"),
            "people.duplicates",
            "desktop.people.duplicates.page:DuplicatesPage",
            hidden=True,
        ),
        Page(
            "people.erase",
            _("Erase or anonymise"),
            "people.erase",
            "desktop.people.erasing.page:ErasePage",
            hidden=True,
            under="people.list",
        ),
        Page(
            "people.merge",
            _("Merge records"),
            "people.merge",
            "desktop.people.merging.page:MergePage",
            hidden=True,
            under="people.list",
        ),
        Page(
            "people.apart",
            _("Take records apart"),
            "people.merge",
            "desktop.people.merging.apart_page:ApartPage",
            hidden=True,
            under="people.list",
        ),
        Page(
            "people.protected",
            _("Protected people"),
            "people.protected",
            "desktop.people.protecting.page:ProtectedPage",
            icon="lock",
        ),
        Page(
            "people.report",
            _("Access report"),
            "people.report",
            "desktop.people.reporting.page:ReportPage",
            hidden=True,
            under="people.list",
        ),
        Page(
            "people.retention",
            _("Retention"),
            "people.retention",
            "desktop.people.retention.page:RetentionPage",
            hidden=True,
        ),
        Page(
            "people.hold",
            _("Legal hold"),
            "people.retention",
            "desktop.people.retention.hold_page:HoldPage",
            hidden=True,
            under="people.list",
        ),
        Page("people.segments", _("Segments"), "people.view", "desktop.people.segments.page:SegmentsPage", icon="filter"),
        Page(
            "people.segment",
            _("Segment"),
            "people.segments",
            "desktop.people.segments.edit_page:SegmentPage",
            hidden=True,
            under="people.segments",
        ),
        Page(
            "people.purposes",
            _("Purposes of contact"),
            "people.purposes",
            "desktop.people.consents.purposes_page:PurposesPage",
            icon="policies",
            hidden=True,
        ),
        Page(
            "people.organisation",
            _("Units and posts"),
            "people.view",
            "desktop.people.organisation.page:OrganisationPage",
            icon="organisation",
        ),
        Page(
            "people.import",
            _("Import people"),
            NUMBERS,
            "desktop.people.imports.page:ImportPage",
            hidden=True,
            under="people.list",
        ),
    ),
    settings=PRESSURE_SETTINGS,
    verbs=(
        Verb("create_person", _("Added {name}")),
        Verb("edit_person", _("Changed {name}")),
        Verb("retire_person", _("Retired {name}")),
        Verb("restore_person", _("Restored {name}")),
        Verb("retire_people", ngettext("Retired {count} person", "Retired {count} people")),
        Verb("restore_people", ngettext("Restored {count} person", "Restored {count} people")),
        Verb("bulk_language", ngettext("Changed the language of {count} person", "Changed the language of {count} people")),
        Verb(
            "bulk_hold", ngettext("Held or released addresses of {count} person", "Held or released addresses of {count} people")
        ),
        Verb("bulk_town", ngettext("Changed the town of {count} person", "Changed the town of {count} people")),
        Verb("bulk_programme", ngettext("Changed the programme of {count} person", "Changed the programme of {count} people")),
        Verb("bulk_begin_role", ngettext("Began a role of {count} person", "Began a role of {count} people")),
        Verb("bulk_end_role", ngettext("Ended a role of {count} person", "Ended a role of {count} people")),
        Verb("bulk_task", ngettext("Planned a task about {count} person", "Planned a task about {count} people")),
        Verb("import_people", _("Imported people from {file}: {new} new, {changed} changed"), risky="import"),
        Verb("keep_import_profile", _("Kept the import profile “{name}”")),
        Verb("change_import_profile", _("Changed the import profile “{name}”")),
        Verb("rename_import_profile", _("Renamed or shared the import profile “{name}”")),
        Verb("remove_import_profile", _("Removed the import profile “{name}”")),
        Verb("add_contact", _("Added a way to reach {name}")),
        Verb("edit_contact", _("Changed a way to reach {name}")),
        Verb("remove_contact", _("Removed a way to reach {name}")),
        Verb("hold_contact", _("Put an address of {name} on hold, or released it")),
        Verb("add_role", _("Added a role of {name}")),
        Verb("edit_role", _("Changed a role of {name}")),
        Verb("end_role", _("Ended a role of {name}")),
        Verb("remove_role", _("Removed a role of {name}")),
        Verb("add_identifier", _("Wrote down a number of {name}")),
        Verb("remove_identifier", _("Removed a number of {name}")),
        Verb("not_a_duplicate", _("Said that {name} and {other} are two people")),
        Verb("duplicate_again", _("Asked again whether {name} and {other} are one person")),
        Verb("keep_apart", _("Kept {name} out of all comparing")),
        Verb("let_compare", _("Let {name} be compared with others again")),
        Verb("merge_people", _("Merged the record of {other} into that of {name}"), undo=TAKE_APART),
        Verb("unmerge_people", _("Took the record of {other} out of that of {name} again")),
        Verb("erase_person", _("Erased a person: {case}"), undoable=False, outside="erased"),
        Verb("anonymise_person", _("Anonymised a person: {case}"), undoable=False, outside="erased"),
        Verb(
            "erase_again",
            ngettext(
                "Erased {count} person again, whom a backup brought back",
                "Erased {count} people again, whom a backup brought back",
            ),
            undoable=False,
            outside="erased",
        ),
        *RETENTION_VERBS,
        Verb("make_segment", _("Made the segment “{title}”")),
        Verb("change_segment", _("Changed the segment “{title}”")),
        Verb("freeze_segment", ngettext("Froze “{title}” with {count} person", "Froze “{title}” with {count} people")),
        Verb("retire_segment", _("Retired the segment “{title}”")),
        Verb("save_view", _("Saved the view “{view}”")),
        Verb("change_view", _("Changed the view “{view}”")),
        Verb("remove_view", _("Removed the view “{view}”")),
        Verb(
            "export_people",
            ngettext("Exported {count} person to {file}: {purpose}", "Exported {count} people to {file}: {purpose}"),
            undoable=False,
            outside="exported",
        ),
        Verb("add_unit", _("Added the unit “{unit}”")),
        Verb("change_unit", _("Changed the unit “{unit}”")),
        Verb("remove_unit", _("Removed the unit “{unit}”")),
        Verb("place_programmes", _("Said which programmes belong to “{unit}”")),
        Verb("add_post", _("Added the post “{post}”")),
        Verb("change_post", _("Changed the post “{post}”")),
        Verb("give_post", _("Gave somebody the post “{post}”")),
        Verb("end_holding", _("Changed the last day of somebody in the post “{post}”")),
        Verb("add_interaction", _("Wrote on the timeline of {name}")),
        Verb("write_consent", _("Wrote down what {name} answered about a purpose")),
        Verb("add_evidence", _("Kept the file “{file}” with an answer of {name}")),
        Verb("withdraw_consent", _("Wrote down that {name} withdrew a consent")),
        Verb("stop_contact", _("Stopped contact with {name}")),
        Verb("lift_stop", _("Let {name} be contacted again")),
        Verb("add_purpose", _("Added the purpose “{purpose}”")),
        Verb("edit_purpose", _("Changed the purpose “{purpose}”")),
        Verb("add_task", _("Planned “{task}”")),
        Verb("finish_task", _("Finished “{task}”")),
    ),
    contributions=(
        Contribution(
            "selection_action", "people.bulk", _("Change…"), "desktop.people.bulk.dialog:change_people", "people.edit", order=5
        ),
        Contribution("import", "people.people", _("List of people"), "desktop.people.imports.storing:import_file", NUMBERS),
        Contribution(
            "my_day_card",
            "people.duplicates",
            _("Possible duplicates"),
            "desktop.people.duplicates.card:DuplicatesCard",
            right="people.duplicates",
            order=40,
        ),
        Contribution(
            "selection_action",
            "people.merge",
            _("Merge…"),
            "desktop.people.merging.starting:merge_selected",
            right="people.merge",
            order=50,
        ),
        Contribution(
            "export", "people.people", _("List of people"), "desktop.people.exports.command:export_file", "people.export"
        ),
        Contribution("commands", "people.views", _("View"), "desktop.people.views.commands:view_commands", "people.view"),
        Contribution(
            "commands",
            "people.report",
            _("Rights of the person"),
            "desktop.people.reporting.commands:report_commands",
            "people.report",
        ),
        Contribution("demo_data", "people.views", _("Saved views"), "desktop.people.views.demo:add_views", "people.view"),
        Contribution("timeline_kind", "people.lines", _("Contacts"), "desktop.people.timeline_words:line_title", "people.view"),
        Contribution(
            "demo_data", "people.retention", _("Retention"), "desktop.people.retention.demo:add_retention", "people.retention"
        ),
        Contribution("demo_data", "people.segments", _("Segments"), "desktop.people.segments.demo:make_demo"),
        *FIELDS,
    ),
    person_rows=PERSON_ROWS,
    erasing=ERASING,
    retention=RETENTION,
    row_retention=ROW_RETENTION,
    impersonal=IMPERSONAL,
    person_more=PERSON_MORE,
    not_reported=NOT_REPORTED,
    records="desktop.people.recorded:RECORDS",
    access=(
        Access(  # an id that leads to another one, for whoever comes across the first
            EVERYBODY, reads="merged_person.id merged_person.person_id merged_person.into_id merged_person.made_in"
        ),
        Access(
            "people.view",
            reads="person contact_point role interaction task unit unit_programme post post_holding attachment search_entry change_set change_about "
            "row_image.change_set row_image.table_name row_image.row_id presence kept_apart "
            "segment segment_member consent consent_purpose consent_text contact_block " + _NUMBERS_ASIDE,
            rows=_OWN_SEGMENTS | {"presence": "page = 'people.record' AND EXISTS (SELECT FROM core.person p WHERE p.id = ref)"},
            own=(OwnRows("saved_view", "name reach shows", seen="reach <> 'own'", open="reach = 'office'"),),
            calls="masked_numbers",
        ),
        Access("people.export", adds="export_entry"),
        Access(
            "people.edit",
            reads="attachment file_content",
            adds="person contact_point role interaction task consent contact_block attachment file_content",
            rows={"file_content": _OWN_FILES},
            changes={
                "person": "given family preferred former salutation language birth_date deceased_on retired_at name_key note",
                "contact_point": "label value normal national street postcode city city_key country position hold source "
                "valid_from valid_to",
                "role": "kind programme term starts ends source",
                "task": "done_at",
                "contact_block": "reason ends_at",
            },
            removes="contact_point role contact_block",
        ),
        Access(
            "people.segments",
            reads="segment segment_member change_set change_about",
            adds="segment segment_member",
            changes={"segment": "title title_key definition shared retired_at"},
            rows=_OWN_SEGMENTS,
        ),
        Access(
            "people.identifiers",
            reads="import_profile",
            adds="identifier import_profile",
            changes={"identifier": "valid_to", "import_profile": "name owner_id content retired_at"},
            removes="identifier",
            rows={"import_profile": "owner_id IS NULL OR owner_id = (SELECT core.kontinuum_own_id())"},
            calls="ask_to_see reveal_numbers ask_to_compare compare_numbers people_with_number raise_protection",
        ),
        Access(
            "people.purposes",
            reads="consent_purpose consent_text consent.id consent.purpose_id",
            adds="consent_purpose consent_text",
            changes={"consent_purpose": "names kind basis months position retired"},
        ),
        Access(
            "people.organisation",
            reads="person.id unit unit_programme post post_holding role.programme",
            adds="unit unit_programme post post_holding",
            changes={
                "unit": "code code_key level parent_id name_sv name_fi name_en starts ends",
                "unit_programme": "unit_id",
                "post": "title title_key unit_id",
                "post_holding": "ends",
            },
            removes="unit unit_programme",
        ),
        Access(
            "people.looks",
            reads="person.id person.given person.family change_set",
            calls="who_looked people_called",
        ),
        Access(
            "people.report",
            reads="person contact_point role interaction task post post_holding attachment search_entry change_set change_about "
            "row_image.change_set row_image.table_name row_image.row_id merged_person kept_apart not_a_duplicate suspected_pair "
            "segment.id segment.title segment_member consent consent_purpose consent_text contact_block legal_hold "
            + _NUMBERS_ASIDE,
            calls="ask_to_see reveal_numbers who_looked kontinuum_person_trail",
        ),
        Access(
            "people.protected",
            calls="protect_person change_protection edit_protected release_protected protected_people protected_arrivals protected_events "
            "ask_protected reveal_protected looks_at_protected erase_protected join_protected protected_households",
        ),
        Access(
            "people.duplicates",
            reads="person contact_point change_set change_about row_image.change_set row_image.table_name row_image.row_id "
            "suspected_pair not_a_duplicate kept_apart duplicate_scan " + _NUMBERS_ASIDE,
            adds="suspected_pair not_a_duplicate kept_apart duplicate_scan",
            changes={
                "suspected_pair": "score reasons found_at",
                "not_a_duplicate": "score reasons",
                "duplicate_scan": "mark rules at",
            },
            removes="not_a_duplicate kept_apart",
            calls="numbers_alike people_sharing_numbers shared_numbers",
        ),
        Access(
            "people.erase",
            reads="person contact_point role interaction task post_holding attachment consent contact_block segment_member "
            "merged_person kept_apart not_a_duplicate erased_person change_about legal_hold disposal_person " + _NUMBERS_ASIDE,
            adds="erased_person",
            changes={
                "role": "person_id source",
                "interaction": "person_id title text by_name",
                "post_holding": "person_id",
                "attachment": "subject",
            },
            rows={"segment_member": _OWN_SEGMENTS["segment_member"]},
            calls="erase_person name_apart hold_still forget_rows",
        ),
        RETENTION_ACCESS,
        Access(
            "people.merge",
            reads="person contact_point role interaction task post post_holding change_set change_about not_a_duplicate kept_apart "
            "attachment merged_person consent consent_purpose contact_block segment_member legal_hold disposal_person "
            + _NUMBERS_ASIDE,
            adds="merged_person",
            changes={
                "person": "given family preferred former salutation language birth_date deceased_on retired_at name_key note",
                "contact_point": "person_id label position hold",
                "identifier": "person_id valid_to",
                "role": "person_id",
                "interaction": "person_id",
                "task": "person_id",
                "post_holding": "person_id",
                "attachment": "subject",
                "consent": "person_id state at ends_at way note text_id evidence_id by_name",
                "contact_block": "person_id reason ends_at",
                "segment_member": "person_id",
                "legal_hold": "person_id",
                "not_a_duplicate": "first_id second_id score",
            },
            removes="contact_point identifier role post_holding consent contact_block segment_member",
            calls="masked_numbers numbers_by_row hold_still",
        ),
    ),
)
