"""What the register of people offers the shell. Data only: no Qt, no database."""

from __future__ import annotations

from db.access import Access
from db.texts import _, ngettext
from desktop.core.manifest import Contribution, Manifest, Page, Right, Verb

# Everything about somebody's numbers but the numbers: those are seen masked, or with a right of their own.
_NUMBERS_ASIDE = (
    "identifier.id identifier.version identifier.made_in identifier.changed_in identifier.person_id identifier.kind "
    "identifier.issuer identifier.valid_from identifier.valid_to"
)

NUMBERS = "people.edit people.identifiers"  # what it takes to write a number down, which an import does for many

MANIFEST = Manifest(
    key="people",
    title=_("People"),
    icon="people.svg",
    group="top",
    order=10,
    rights=(
        Right("people.view", _("See people"), ("office", "caller", "manager")),
        Right("people.edit", _("Change people"), ("office", "caller")),
        Right("people.identifiers", _("Find people by personal identity number, and see one for a reason")),
        Right("people.looks", _("See who looked at personal identity numbers"), ("manager",)),
        Right("people.duplicates", _("Find people who are written down twice")),
        Right("people.organisation", _("Arrange units and posts"), ("office", "manager")),
    ),
    pages=(
        Page("people.list", _("People"), "people.view", "desktop.people.list_page:PeopleListPage", icon="people.svg"),
        Page("people.record", _("Person"), "people.view", "desktop.people.record_page:PersonPage", hidden=True),
        Page("people.new", _("New person"), "people.edit", "desktop.people.new_page:NewPersonPage", hidden=True),
        Page("people.looks", _("Who looked"), "people.looks", "desktop.people.looks_page:LooksPage", icon="lock", hidden=True),
        Page(
            "people.duplicates",
            _("Possible duplicates"),
            "people.duplicates",
            "desktop.people.duplicates.page:DuplicatesPage",
            hidden=True,
        ),
        Page(
            "people.organisation",
            _("Units and posts"),
            "people.view",
            "desktop.people.organisation.page:OrganisationPage",
            icon="organisation",
        ),
        Page("people.import", _("Import people"), NUMBERS, "desktop.people.imports.page:ImportPage", hidden=True),
    ),
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
        Verb("add_unit", _("Added the unit “{unit}”")),
        Verb("change_unit", _("Changed the unit “{unit}”")),
        Verb("remove_unit", _("Removed the unit “{unit}”")),
        Verb("place_programmes", _("Said which programmes belong to “{unit}”")),
        Verb("add_post", _("Added the post “{post}”")),
        Verb("change_post", _("Changed the post “{post}”")),
        Verb("give_post", _("Gave somebody the post “{post}”")),
        Verb("end_holding", _("Changed the last day of somebody in the post “{post}”")),
        Verb("add_interaction", _("Wrote on the timeline of {name}")),
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
        Contribution("timeline_kind", "people.lines", _("Contacts"), "desktop.people.timeline_words:line_title", "people.view"),
    ),
    records="desktop.people.recorded:RECORDS",
    access=(
        Access(
            "people.view",
            reads="person contact_point role interaction task unit unit_programme post post_holding attachment search_entry change_set change_about "
            "row_image.change_set row_image.table_name row_image.row_id presence kept_apart " + _NUMBERS_ASIDE,
            rows={"presence": "page = 'people.record' AND EXISTS (SELECT FROM core.person p WHERE p.id = ref)"},
            calls="masked_numbers",
        ),
        Access(
            "people.edit",
            adds="person contact_point role interaction task",
            changes={
                "person": "given family preferred former salutation language birth_date deceased_on retired_at name_key note",
                "contact_point": "label value normal national street postcode city city_key country position hold source "
                "valid_from valid_to",
                "role": "kind programme term starts ends source",
                "task": "done_at",
            },
            removes="contact_point role",
        ),
        Access(
            "people.identifiers",
            adds="identifier",
            changes={"identifier": "valid_to"},
            removes="identifier",
            calls="ask_to_see reveal_numbers ask_to_compare compare_numbers people_with_number",
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
            reads="person.id person.given person.family",
            calls="who_looked people_called",
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
    ),
)
