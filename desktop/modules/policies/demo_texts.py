"""The texts of the policies to try things out with; the addresses lead nowhere."""

from __future__ import annotations

from desktop.modules.policies.service import PolicyText

ALUMNI = PolicyText(
    "Alumnipolicy", "Utskottsordförande", "alumni@sektionen.example", "sv",
    """# Bakgrund

Sektionen håller kontakt med dem som har tagit examen. Den här policyn säger hur alumniutskottet gör det, vem som ansvarar
och vad som händer om någon inte följer den.

# Mål

## Kontakt
- Varje tidigare student som vill ska kunna nå sektionen **samma vecka**.
- Minst två träffar per läsår:
  - en på hösten, tillsammans med näringslivsansvarig
  - en på våren, i samband med examen

## Anseende
Den som möter sektionen ska känna igen sig och vilja komma tillbaka.

# Så når vi målen

1. Alumniansvarig svarar på brev inom *tre arbetsdagar*.
2. Registret rättas när någon hör av sig.
3. Utskottet går igenom kontakterna två gånger om året.

# Påföljd vid överträdelse

Den som bryter mot policyn förklarar varför för näringslivsansvarig. Därefter talar de två om hur det kan undvikas.
Överträdelser anmäls till kontaktadressen.

# Revidering

Policyn revideras en gång om året, när ordföranden lämnar över. Sittande ordförande har huvudansvaret.

# Medgivande

Jag lovar att följa policyn och att hantera uppgifter om alumner varsamt.
""",
)  # fmt: skip

MENTORS = PolicyText(
    "Policy för mentorprogrammet", "Alumniansvarig", "mentor@sektionen.example", "sv",
    """# Bakgrund

Mentorprogrammet för samman studenter med dem som har arbetat några år.

# Mål

Varje adept ska ha träffat sin mentor minst fyra gånger under läsåret.

# Så når vi målen

## Urval
Adepter och mentorer väljs efter vad de själva har skrivit.

## Möten
Mentor och adept bestämmer själva var och när de träffas.

# Påföljd vid överträdelse

Den som uteblir två gånger utan att säga till får lämna programmet.

# Revidering

Policyn revideras när den första omgången är över.

# Medgivande

Det som sägs mellan mentor och adept stannar mellan dem.
""",
)  # fmt: skip

REGISTER = PolicyText(
    "Policy for the register of contacts", "Kontaktperson", "register@section.example", "en",
    """# Background

The section keeps the names and addresses of people who asked to stay in contact.

# Aims

Nobody is written to more often than they agreed to.

# How to reach the aims

- Every contact is noted the same day.
- An address that bounced is not used again before somebody has checked it.

# Consequences of a violation

Whoever uses the register for anything else loses access to it.

# Revision

The policy is revised each spring.

# Consent

I use the register only for the work of the section.
""",
)  # fmt: skip
