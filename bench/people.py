"""Invents people for measuring: the same seed gives the same people, one after the other, however many are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from typing import NamedTuple

from db.contact_forms import phone_forms
from db.sorting import fold
from desktop.people.imports.incoming import Identifier, IncomingPerson

SEED = 7
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)  # the moment all lives lead up to
COUNTRY = "SE"


def _words(text: str) -> list[str]:
    return text.split()


_HEADS = _words(
    "Lind Berg Sand Ek Björk Sjö Hög Ny Öst Väst Nord Sund Alm Ås Åker Häll Ros Gran Lund Dahl Sten Hed Häg Löf Ström Back "
    "Flod Hult Käll Kvarn Malm Mo Näs Rönn Salm Skog Stål Tall Ulv Vik Äng Öd Holm Mark Brun Frid Glad Hjort Klint Lager"
)
_TAILS = _words("ström gren qvist berg man lund mark dahl holm blad sten vall fors ell bäck löv stam ås ryd kvist")
_FINNISH_HEADS = _words(
    "Virta Mäki Korho Niemi Laine Heikki Koski Järvi Lehto Salo Hänni Jokela Kallio Karppi Kärki Leppä Mietti Nurmi Oja "
    "Pelto Pöysti Rauta Sällä Töyry Väli Ylä Äijä Harju Hirvo Kivi Lampi Moila Peura Rinta Saari Tikka Uusi Vesa"
)
_FINNISH_TAILS = _words("nen la lä mäki niemi järvi koski ranta lahti saari salmi talo")
_OTHERS = _words("Bjørnsen Sørensen Kjær Ødegård Næss Strauß Wałęsa Guðmundsson Dvořák Nguyen O'Hara d'Alba")
_GIVEN = _words(
    "Anna Eva Maria Karin Sara Kristina Lena Emma Kerstin Marie Malin Jenny Hanna Linda Annika Elin Susanne Åsa Ingrid "
    "Ulla Märta Ebba Ärla Örjan Lars Anders Johan Per Erik Karl Mikael Jan Peter Thomas Daniel Fredrik Hans Andreas Stefan "
    "Mats Åke Göran Björn Håkan Östen Aino Väinö Helmi Eino Päivi Jukka Onni Kaisa Lauri Tuuli Mikko Anni Ilmari Venla Pekka "
    "Elina Toivo Saara Otso Hilla Eero Iida Antti Aune Kerttu Oiva Sini Åse Bjørn Søren Zoë Łucja Tomáš Noor Minh Amina Chen"
)
_TOWNS = _words(
    "Stockholm Göteborg Malmö Uppsala Västerås Örebro Linköping Helsingborg Jönköping Norrköping Lund Umeå Gävle Borås "
    "Södertälje Eskilstuna Halmstad Växjö Karlstad Sundsvall Östersund Trollhättan Luleå Kalmar Falun Skövde Karlskrona "
    "Åbo Vasa Helsingfors Esbo Tammerfors Uleåborg Kuopio Joensuu Rovaniemi Mariehamn Borgå Ekenäs Visby Kiruna Härnösand"
)
_STREETS = _words("Testgatan Provvägen Exempelstigen Mallgränd Övningsgatan Sagovägen Harjoitustie Mallikuja Koekatu Näytepolku")
_PROGRAMMES = _words("Informatik Vårdvetenskap Lantmäteri Musik Datateknik Historia Oikeustiede Kemia Fysik Ekonomi")
_TALKS = (
    "Ringde om antagningen", "Bad om intyg", "Återkommer på måndag", "Ei vastannut", "Kysyi opinto-oikeudesta",
    "Frågade om boende och språkkurs", "Tackade för hjälpen", "Vill bli mentor",
)  # fmt: skip
_KINDS = (*("call",) * 9, *("email",) * 6, *("letter",) * 2, *("meeting",) * 3)


class Talk(NamedTuple):
    """One contact with a person."""

    kind: str
    at: datetime
    text: str


class Made(NamedTuple):
    """A person as a parsed row, with what happened since; `number` is also in the row's registry number."""

    number: int
    row: IncomingPerson
    talks: tuple[Talk, ...]
    task: str  # something to do about them, mostly empty
    double_of: int = 0  # the number of whom the row is a double

    @property
    def registry_id(self) -> str:
        """The number by which the person is found again in any store."""
        return f"b{self.number:07}"


def make_people(count: int, seed: int = SEED) -> Iterator[Made]:
    """Invent people one by one: nothing is kept but the last few, of whom one in fifty comes again as a double."""
    rng = Random(seed)
    families = _families(Random(seed))
    recent: list[IncomingPerson] = []
    for number in range(1, count + 1):
        known = rng.choice(recent) if recent and rng.random() < 0.02 else None
        row = _double(rng, known, number) if known is not None else _row(rng, families, number)
        recent = [*recent[-30:], row]
        talks = tuple(_talk(rng) for _place in range(rng.choice((0, 1, 2, 3, 3, 4, 5, 6))))
        yield Made(number, row, talks, "Ring tillbaka" if rng.random() < 0.04 else "", known.line if known is not None else 0)


def portions(people: Iterator[Made], size: int) -> Iterator[list[Made]]:
    """The people in lists of `size`, made when asked for."""
    while some := list(islice(people, size)):
        yield some


def _families(rng: Random) -> list[str]:
    names = [head + tail for head in _HEADS for tail in _TAILS if head.lower() != tail]
    names += [head + tail for head in _FINNISH_HEADS for tail in _FINNISH_TAILS]
    names += [f"{name}son" if name.endswith("s") else f"{name}sson" for name in _GIVEN[24:46]] + _OTHERS
    rng.shuffle(names)
    return names


def _row(rng: Random, families: list[str], number: int) -> IncomingPerson:
    chance = rng.random
    given = _GIVEN[int(len(_GIVEN) * chance() ** 1.5)]
    family = families[int(len(families) * chance() ** 2)]  # few names are common, most are rare
    if chance() < 0.3:
        given += " " + _GIVEN[int(len(_GIVEN) * chance())]
    if chance() < 0.08:
        family += "-" + families[int(len(families) * chance())]
    born = date(1950, 1, 1) + timedelta(days=int(chance() * 20000)) if chance() < 0.95 else None
    numbers = [Identifier("registry_id", f"b{number:07}", "bench")]
    if born and chance() < 0.3:
        numbers.append(Identifier("interim", f"{born:%Y%m%d}T{100 + number % 900}", ""))
    there, taught = chance() < 0.9, chance() < 0.55
    return IncomingPerson(
        line=number,
        given=given,
        family=family,
        birth_date=born,
        identifiers=tuple(numbers),
        emails=_emails(rng, given, family),
        phones=_phones(rng),
        street=f"{_STREETS[int(chance() * len(_STREETS))]} {int(chance() * 90) + 1}" if there else "",
        postcode=f"{int(chance() * 899) + 100} {int(chance() * 89) + 10}" if there else "",
        city=_TOWNS[int(len(_TOWNS) * chance() ** 1.7)] if there else "",
        programme=_PROGRAMMES[int(chance() * len(_PROGRAMMES))] if taught else "",
        term="2027-autumn" if taught else "",
    )


def _emails(rng: Random, given: str, family: str) -> tuple[tuple[str, str], ...]:
    if rng.random() < 0.08:
        return ()
    name = f"{fold(given.split()[0])}.{fold(family)}".replace("'", "")
    address = f"{name}{int(rng.random() * 9000)}@{('post', 'brev', 'posti', 'student')[int(rng.random() * 4)]}.example"
    return ((address.title() if rng.random() < 0.05 else address, address),)


def _phones(rng: Random) -> tuple[tuple[str, str, str], ...]:
    if rng.random() < 0.12:
        return ()
    found = []
    for _place in range(2 if rng.random() < 0.1 else 1):
        digits = f"{int(rng.random() * 10_000_000):07}"
        start = ("70", "72", "73", "76")[int(rng.random() * 4)]
        typed = f"{digits[:3]} {digits[3:5]} {digits[5:]}"
        typed = f"+46 {start} {typed}" if rng.random() < 0.3 else f"0{start}-{typed}"
        forms = phone_forms(typed, COUNTRY)
        found.append((typed, forms.e164, forms.national))
    return tuple(found)


def _double(rng: Random, known: IncomingPerson, number: int) -> IncomingPerson:
    """Somebody of the last few once more, as another office wrote them down: own number, some things missing."""
    return known._replace(
        line=number,
        birth_date=known.birth_date if rng.random() < 0.5 else None,
        identifiers=(Identifier("registry_id", f"b{number:07}", "bench"),),
        phones=known.phones[:1] if rng.random() < 0.5 else (),
        programme="",
        term="",
    )


def _talk(rng: Random) -> Talk:
    ago = timedelta(minutes=int(rng.random() ** 2 * 1500 * 1440))
    return Talk(_KINDS[int(rng.random() * len(_KINDS))], NOW - ago, _TALKS[int(rng.random() * len(_TALKS))])
