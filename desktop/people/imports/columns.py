"""Knows which heading means which field, in Swedish, Finnish and English."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

# Field -> headings as `heading_key` writes them: small letters and digits, no accents, spaces or signs.
_HEADINGS = {
    "given": (
        "fornamn fnamn tilltalsnamnochfornamn given givenname givennames first firstname firstnames forename forenames "
        "etunimi etunimet"
    ),
    "middle": "mellannamn middle middlename middlenames additionalname toinennimi muutetunimet muutnimet valinimi",
    "family": "efternamn enamn slaktnamn family familyname last lastname surname sukunimi",
    "full_name": (
        "namn fullstandigtnamn helanamnet personnamn studentnamn name fullname personname studentname nimi kokonimi "
        "sukunimietunimi sukunimijaetunimi efternamnfornamn efternamnochfornamn fornamnefternamn etunimisukunimi "
        "hakijannimi opiskelijannimi"
    ),
    "preferred": "tilltalsnamn kallas preferred preferredname preferredfirstname nickname callname kutsumanimi",
    "birth_date": "fodelsedatum fodelsedag fodd birthdate dateofbirth birthday dob born birth syntymaaika syntymapaiva syntynyt",
    "identity_number": (
        "personnummer personnr pnr personidentitet personbeteckning samordningsnummer personnummersamordningsnummer "
        "personidentitynumber personalidentitynumber personalidentitycode personalid personalnumber nationalid "
        "nationalidnumber identitynumber socialsecuritynumber ssn henkilotunnus hetu sotu sosiaaliturvatunnus "
        "svensktpersonnummer finskpersonbeteckning swedishpersonalidentitynumber finnishpersonalidentitycode"
    ),
    "registry_id": (
        "studentnummer studentnr studentid studentidentitet studentnumber studentidnumber studentno matrikelnummer "
        "opiskelijanumero opiskelijanro opiskelijatunnus anmalningskod anmalningsnummer anmalningsnr sokandenummer "
        "sokandenr applicationnumber applicationno applicationid applicationcode applicantnumber applicantid hakijanumero "
        "hakemusnumero hakemuksennumero hakemusoid"
    ),
    "learner_oid": "learneroid oppijanumero learnernumber learnerid oppijanumerooid studentoid henkilooid studerandenummer",
    "email": (
        "epost epostadress mejl mejladress mail mailadress email emailaddress sahkoposti sahkopostiosoite sposti "
        "epoststudent studentepost studentemail universityemail emailuniversity opiskelijasahkoposti"
    ),
    "phone": (
        "telefon telefonnummer telefonnr tel tele tfn telnr phone phonenumber telephone telephonenumber puhelin "
        "puhelinnumero puhelinnro puh telefonhem hemtelefon homephone kotipuhelin "
        "arbetstelefon jobbtelefon tjanstetelefon workphone businessphone tyopuhelin"
    ),
    "mobile": (
        "mobil mobilnummer mobilnr mobiltelefon mobiltelefonnummer mobiltel mobile mobilephone mobilenumber "
        "mobilephonenumber cell cellphone matkapuhelin matkapuhelinnumero kannykka gsm gsmnumero"
    ),
    "street": (
        "adress gatuadress gata hemadress postadress utdelningsadress bostadsadress folkbokforingsadress address streetaddress "
        "street postaladdress homeaddress addressline1 address1 adress1 lahiosoite katuosoite osoite postiosoite "
        "kotiosoite"
    ),
    "postcode": "postnummer postnr pnummer postcode postalcode zip zipcode postinumero postinro",
    "city": (
        "ort postort stad bostadsort hemort city town posttown postitoimipaikka kaupunki paikkakunta kotipaikka toimipaikka"
    ),
    "country": "land landregion hemland bosattningsland country countryregion countryofresidence homecountry maa maaalue asuinmaa kotimaa",
    "language": (
        "sprak kontaktsprak modersmal language preferredlanguage contactlanguage mothertongue kieli asiointikieli "
        "aidinkieli yhteyskieli"
    ),
    "programme": (
        "program programnamn utbildning utbildningsprogram studieprogram programkod antagentill programme programmename "
        "studyprogramme degreeprogramme degree studyprogram admittedto koulutus koulutusohjelma tutkintoohjelma "
        "opintoohjelma hakukohde ohjelma"
    ),
    "term": (
        "termin antagningstermin starttermin termincode term startterm termofadmission admissionterm semester "
        "startsemester lukukausi aloituslukukausi alkamislukukausi alkamiskausi aloitustermin"
    ),
    "organisation": (
        "organisation organization organisationname organizationname foretag arbetsgivare company companyname employer "
        "yritys organisaatio tyonantaja"
    ),
    "title": "jobtitle position organizationtitle befattning yrkestitel tehtavanimike ammattinimike asema",
    "note": (
        "anteckning anteckningar kommentar anmarkning notering note notes comment comments remark remarks remarkscomments "
        "huomautus huomautukset huom lisatieto lisatiedot muistiinpano muistiinpanot kommentti"
    ),
    # Marks of people whose whereabouts nobody may learn. They are known in every list, whoever sends it.
    "protection": (
        "sekretessmarkering sekretess sekretessmarkerad skyddadfolkbokforing skyddadidentitet skyddadeuppgifter "
        "skyddadepersonuppgifter skyddad sparrmarkering sparrmarkning turvakielto turvakiellot onkoturvakielto sparradeuppgifter "
        "protectedidentity protectedpersonaldata protectedaddress nondisclosure nondisclosureforpersonalsafety securityban"
    ),
}
FIELDS = {heading: field for field, headings in _HEADINGS.items() for heading in headings.split()}
# Registry numbers of one issuer are compared only with each other.
_ADMISSION = re.compile("anmaln|sokande|applica|hakija|hake")
# A private address is an address like another: the word is set aside and the rest looked up.
_SET_ASIDE = re.compile(
    r"\b(?:privat|privata|private|personlig|personal|henkilokohtainen|yksityinen|oma|hem|home|koti|arbete|work|business|tyo|primar|"
    r"primary|ensisijainen|annan|annat|other|muu|alternativ|extra|obligatorisk|required|pakollinen|[1-9])\b"
)
# Words that tell whose address or number it is; the codes are those contact points carry.
_LABELS = {
    "private": re.compile(r"\b(?:privat|private|personlig|personal|henkilokohtainen|yksityinen|oma)"),
    "work": re.compile(r"\b(?:arbet|jobb|tjanst|kontor|work|business|office|tyo)"),
    "home": re.compile(r"\b(?:hem|home|koti)"),
    "other": re.compile(r"\b(?:annan|annat|other|muu)\b"),
    "university": re.compile(r"\b(?:student|universit|hogskol|yliopisto|opiskelija|korkeakoulu)|student$|university$"),
}
GROUPED = " – "  # between the name of a group of columns and the heading below it
_BRACKETS = re.compile(r"[(\[{][^)\]}]*[)\]}]?")
# Fields that may come in more than one column; of the others the first one counts.
REPEATED = frozenset({"email", "phone", "mobile", "identity_number", "registry_id", "note", "protection"})
ADDRESS = ("street", "postcode", "city", "country")
_LABELLED = frozenset({"email", "phone", "mobile", *ADDRESS})


@dataclass(frozen=True, slots=True)
class KnownColumn:
    """One column of the file whose meaning is known."""

    index: int
    field: str  # a key of the fields above
    heading: str  # as the file writes it
    issuer: str = ""  # of registry numbers: "admission" or "student"
    country: str = ""  # of identity numbers: "FI" when the heading is Finnish
    label: str = ""  # of ways to reach somebody: "home", "work", "private", "university", "mobile", or the file's own word


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What the columns of a file mean, in the file's order."""

    known: tuple[KnownColumn, ...]
    ignored: tuple[str, ...]  # headings nobody could place, or that repeat a field that comes once

    def has(self, field: str) -> bool:
        """Whether any column holds this field."""
        return any(column.field == field for column in self.known)


def heading_key(heading: str) -> str:
    """Write a heading as the small letters and digits it is known by, words apart by a space."""
    folded = unicodedata.normalize("NFKD", heading.casefold())
    letters = "".join(sign if sign.isalnum() else " " for sign in folded if not unicodedata.combining(sign))
    return " ".join(letters.split())


def recognise_columns(header: tuple[str, ...], unnamed: tuple[str, ...] = ()) -> ColumnMap:
    """Tell the fields of a header; what is unknown is listed, not refused. `unnamed` are columns without a heading."""
    known: list[KnownColumn] = []
    ignored: list[str] = []
    for index, heading in enumerate(header):
        field = field_of(heading)
        column = _column(index, field, heading) if field else None
        if column is not None and (field in REPEATED or all(_slot(column) != _slot(other) for other in known)):
            known.append(column)
        elif heading:
            ignored.append(heading)
    if any(column.field in ("given", "family") for column in known):
        ignored += [column.heading for column in known if column.field == "full_name"]
        known = [column for column in known if column.field != "full_name"]
    return ColumnMap(tuple(_with_plain_address(known)), (*ignored, *unnamed))


def _slot(column: KnownColumn) -> tuple[str, str]:
    """What comes once: each field, the parts of an address once for each of the addresses."""
    return column.field, column.label if column.field in ADDRESS else ""


def _with_plain_address(known: list[KnownColumn]) -> list[KnownColumn]:
    """Where every part of an address comes once there is one address, whatever its headings are called."""
    fields = [column.field for column in known if column.field in ADDRESS]
    if len(fields) > len(set(fields)):
        return known
    return [replace(column, label="") if column.field in ADDRESS else column for column in known]


def field_of(heading: str) -> str:
    """The field a heading means, or "". What stands in brackets counts only when it is needed to know the heading."""
    for text in dict.fromkeys((heading, _BRACKETS.sub(" ", heading), heading.rpartition(GROUPED)[2])):
        key = heading_key(text)
        for words in (key, _SET_ASIDE.sub(" ", key)):
            field = FIELDS.get(words.replace(" ", ""))
            if field:
                return field
    return ""


def label_of(heading: str) -> str:
    """Whose address or number a heading says it is; "" when it does not."""
    key = heading_key(heading)
    return next((label for label, words in _LABELS.items() if words.search(key)), "")


def _column(index: int, field: str, heading: str) -> KnownColumn:
    key = heading_key(heading).replace(" ", "")
    issuer = country = label = ""
    if field == "registry_id":
        issuer = "admission" if _ADMISSION.search(key) else "student"
    if field == "identity_number" and re.search("hetu|henkilo|sotu|sosiaali|beteckning|finnish|finsk", key):
        country = "FI"
    if field in _LABELLED:
        label = "mobile" if field == "mobile" else label_of(heading)
    return KnownColumn(index, field, heading, issuer, country, label)
