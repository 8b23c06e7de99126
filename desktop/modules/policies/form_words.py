"""The words of the consent form in the language of the policy; fixed here, since they are the words people sign under."""

from __future__ import annotations

FORM_WORDS: dict[str, dict[str, str]] = {
    "en": {"post": "Post", "date": "Date", "place": "Place", "signature": "Signature", "name": "Name in print"},
    "sv": {"post": "Post", "date": "Datum", "place": "Ort", "signature": "Underskrift", "name": "Namnförtydligande"},
    "fi": {"post": "Tehtävänimike", "date": "Päiväys", "place": "Paikka", "signature": "Allekirjoitus", "name": "Nimenselvennys"},
}

# How the heading of the section begins that tells what a holder consents to.
CONSENT_WORDS = ("consent", "medgivande", "samtycke", "suostumus")
