"""The script a new round starts with: welcoming those admitted, in the three languages of the office."""

from __future__ import annotations

from desktop.modules.phones.script import Step, parse

_SV = """
# hej
Hej {given}! Jag heter {caller} och ringer från universitetet. Passar det att prata några minuter?
1. Ja -> plats
2. Inte nu -> end [reached_cannot_talk]

# plats
Grattis till platsen på utbildningen {programme}! Jag studerar här själv. Har du hunnit fundera på om du tar emot den?
1. Ja, jag kommer -> boende
2. Jag är osäker -> osaker
3. Nej, jag tackar nej -> nej
4. Jag har redan tackat ja -> boende [already_done]

# osaker
Det är helt i sin ordning. Vad skulle du behöva veta för att kunna bestämma dig?
1. Boende -> boende
2. Innehållet i utbildningen -> utbildningen
3. Pengar och studiestöd -> fragor
4. Vill tänka i lugn och ro -> avslut [reached_thinks]

# utbildningen
Berätta om din egen första termin: föreläsningar, grupparbeten, vad som förvånade dig.
1. Det lät bra -> boende
2. Fortfarande osäker -> avslut [reached_thinks]

# boende
Vet du redan var du ska bo? Kön till studentbostäder öppnar i juni.
1. Ja -> fragor
2. Nej, behöver hjälp -> fragor

# fragor
Är det något annat du undrar över studierna eller studentlivet?
1. Ja, skriv upp frågan -> avslut
2. Nej -> avslut [reached_yes]

# nej
Tack för att du berättar. Får jag fråga vad som avgjorde?
1. Plats någon annanstans -> hejda [reached_no]
2. Arbete eller paus -> hejda [reached_no]
3. Vill inte säga -> hejda [reached_no]

# avslut
Tack för pratstunden, {given}! All information finns i antagningsbrevet. Vi ses i höst!
-> end

# hejda
Tack och lycka till, {given}! Du är välkommen att söka igen.
"""
_FI = """
# hei
Hei {given}! Olen {caller} ja soitan yliopistolta. Sopiiko jutella muutama minuutti?
1. Kyllä -> paikka
2. Ei juuri nyt -> end [reached_cannot_talk]

# paikka
Onnea opiskelupaikasta: {programme}! Opiskelen täällä itsekin. Oletko ehtinyt miettiä, otatko paikan vastaan?
1. Kyllä, tulen -> asunto
2. En ole varma -> epavarma
3. Ei, en ota -> ei
4. Olen jo ottanut vastaan -> asunto [already_done]

# epavarma
Se on ihan ymmärrettävää. Mitä sinun pitäisi tietää, jotta voisit päättää?
1. Asumisesta -> asunto
2. Opintojen sisällöstä -> opinnot
3. Rahasta ja opintotuesta -> kysymykset
4. Haluan miettiä rauhassa -> loppu [reached_thinks]

# opinnot
Kerro omasta ensimmäisestä lukukaudestasi: luennoista, ryhmätöistä ja siitä, mikä yllätti.
1. Kuulosti hyvältä -> asunto
2. Edelleen epävarma -> loppu [reached_thinks]

# asunto
Tiedätkö jo, missä asut? Opiskelija-asuntojen haku alkaa kesäkuussa.
1. Kyllä -> kysymykset
2. En, tarvitsen apua -> kysymykset

# kysymykset
Mietitkö jotain muuta opinnoista tai opiskelijaelämästä?
1. Kyllä, kirjaa kysymys -> loppu
2. En -> loppu [reached_yes]

# ei
Kiitos, että kerrot. Saanko kysyä, mikä ratkaisi?
1. Paikka muualta -> nakemiin [reached_no]
2. Työ tai välivuosi -> nakemiin [reached_no]
3. En halua kertoa -> nakemiin [reached_no]

# loppu
Kiitos juttuhetkestä, {given}! Kaikki ohjeet ovat hyväksymiskirjeessä. Nähdään syksyllä!
-> end

# nakemiin
Kiitos ja kaikkea hyvää, {given}! Olet tervetullut hakemaan uudelleen.
"""
_EN = """
# hello
Hello {given}! My name is {caller} and I am calling from the university. Do you have a few minutes?
1. Yes -> place
2. Not now -> end [reached_cannot_talk]

# place
Congratulations on your place in {programme}! I study here myself. Have you had time to think about whether you will take it?
1. Yes, I am coming -> housing
2. Not sure -> unsure
3. No, I decline -> declines
4. I have accepted already -> housing [already_done]

# unsure
That is quite all right. What would you need to know to decide?
1. Housing -> housing
2. What the programme is like -> programme
3. Money and student aid -> questions
4. Time to think -> close [reached_thinks]

# programme
Tell about your own first term: lectures, work in groups, what surprised you.
1. Sounds good -> housing
2. Still not sure -> close [reached_thinks]

# housing
Do you know yet where you will live? The queue for student housing opens in June.
1. Yes -> questions
2. No, needs help -> questions

# questions
Is there anything else you would like to know about studying or student life?
1. Yes, write the question down -> close
2. No -> close [reached_yes]

# declines
Thank you for telling me. May I ask what decided it?
1. A place elsewhere -> goodbye [reached_no]
2. Work or a year off -> goodbye [reached_no]
3. Would rather not say -> goodbye [reached_no]

# close
Thank you for your time, {given}! Everything is in your letter of admission. See you in the autumn!
-> end

# goodbye
Thank you and good luck, {given}! You are welcome to apply again.
"""


def welcome_scripts() -> dict[str, tuple[Step, ...]]:
    """The steps by language."""
    return {"sv": parse(_SV), "fi": parse(_FI), "en": parse(_EN)}


def welcome_help() -> dict[str, list[dict[str, str]]]:
    """What those admitted often ask, with answers a caller may give; the office dates them when it has looked them over."""
    return {language: [{"question": q, "answer": a} for q, a in pairs] for language, pairs in _HELP.items()}


_HELP = {
    "sv": (
        ("När får jag bostad?", "Kön öppnar den 1 juni, de första erbjudandena kommer i juli."),
        ("Kan jag börja senare?", "Anstånd kräver särskilda skäl. Hänvisa till antagningen."),
        ("Vad kostar kårmedlemskapet?", "Avgiften betalas per läsår och står i antagningsbrevet."),
    ),
    "fi": (
        ("Milloin saan asunnon?", "Haku alkaa 1. kesäkuuta, ensimmäiset tarjoukset tulevat heinäkuussa."),
        ("Voinko aloittaa myöhemmin?", "Lykkäykseen tarvitaan erityinen syy. Ohjaa hakijapalveluihin."),
        ("Mitä ylioppilaskunnan jäsenyys maksaa?", "Maksu maksetaan lukuvuosittain, ja se on hyväksymiskirjeessä."),
    ),
    "en": (
        ("When do I get housing?", "The queue opens on 1 June; the first offers come in July."),
        ("Can I start later?", "Deferral needs a special reason; hand over to admissions."),
        ("What does the student union cost?", "The fee is paid per academic year and stands in the letter of admission."),
    ),
}  # fmt: skip
