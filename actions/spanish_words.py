"""What a visitor answers in Spanish: the patterns beside the English ones, for texts without accents (`folded`).

People mix the languages, so both are read whatever the conversation is in; no word here means another thing in English.
"""

from __future__ import annotations

import re

from bot.safety import folded

_POLITE = r"(?:[ ,]*(?:por favor|gracias|porfa))*"
SKIP = re.compile(
    rf"^\W*(?:saltar(?:la|lo)?|salt[oe](?:la|lo)?|omitir|paso|siguiente|ningun[oa]|no gracias|no se|no tengo|"
    rf"(?:prefiero|mejor) no(?: (?:decir|contestar|dar|responder)(?:l[oa]s?)?)?|"
    rf"no (?:lo |la )?(?:quiero|deseo)(?: (?:decir|contestar|dar|responder)(?:l[oa]s?)?)?|"
    rf"(?:me )?da igual|cuando sea|cuando quieran?|a cualquier hora|cualquier hora){_POLITE}\W*$"
)
CANCEL = re.compile(
    rf"^\W*(?:cancel(?:ar|e|a|o)(?:lo|la)?|olvid(?:e|a)(?:lo|la)|dej(?:e|a)(?:lo|la)|ya no(?: quiero)?(?: nada)?|"
    rf"mejor ya no|me arrepenti|cambie de (?:opinion|idea)|par(?:ar|e)|alto|salir|no quiero seguir|"
    rf"no me llamen?|que no me llamen){_POLITE}\W*$"
)
NAMED = re.compile(
    r"\b(?:me llamo|mi nombre es|me dicen|me puede(?:n)? (?:decir|llamar)|puede(?:n)? (?:decirme|llamarme)|llameme|"
    r"diga(?:n)?me|dime|soy)\s+([a-zn][a-zn'-]*(?: (?!y\b|de\b|el\b|la\b)[a-zn]+)?)"
)
NOT_A_NAME = frozenset(
    re.findall(
        r"\w+",
        """a ahora antes bien bueno buena buenas buenos claro como con cuando de despues dias donde el ella en entonces
        es esposa esposo esta estoy gracias hija hijo hola la lo los madre mama mas mejor mi mujer muy nada ninguno no
        nombre padre para pero persona por porque que quien quiero si siempre sin soy tardes todo un una usted yo""",
    )
)
RELATIONS = {
    "child": r"hij[oa]s e hij[oa]s|hijos|hijas|nin[oa]s?",
    "son": r"hijo|hijito|muchacho",
    "daughter": r"hija|hijita|muchacha",
    "husband": r"esposo|marido",
    "wife": r"esposa|mujer|senora",
    "partner": r"novi[oa]|pareja",
    "mother": r"mama|madre|mami",
    "father": r"papa|padre|papi",
    "sibling": r"herman[oa]s?",
    "friend": r"amig[oa]s?",
    "client": r"cliente|paciente",
    "employee": r"emplead[oa]|trabajador(?:a)?",
    "other": r"otra persona|alguien|famili(?:a|ar)|prim[oa]|ti[oa]|sobrin[oa]|niet[oa]|abuel[oa]|suegr[oa]|cunad[oa]|"
    r"conocid[oa]|vecin[oa]|el|ella|ellos",
}
_RELATIONS = {name: re.compile(rf"\b(?:{words})\b") for name, words in RELATIONS.items()}
_MINE = {name: re.compile(rf"\bmis? (?:{words})\b") for name, words in RELATIONS.items() if name != "other"}
ME = re.compile(r"^\W*(?:(?:es |seria )?para )?(?:mi|mi mism[oa]|yo|yo mism[oa]|soy yo|uno mismo)\W*$|\bpara mi(?! \w)")
TIME_WORD = re.compile(
    r"\b(?:manana|mananas|tarde|tardes|noche|noches|mediodia|medio dia|lunes|martes|miercoles|jueves|viernes|sabados?|"
    r"domingos?|entre semana|fin(?:es)? de semana|hoy|ahora|ahorita|ya|pronto|antes|despues|entre|horas?|a las?|dias?|"
    r"cualquier|siempre|cuando)\b"
)
ANY_TIME = re.compile(r"^\W*(?:a )?(?:cualquier (?:hora|momento|dia)|cuando (?:sea|quieran?|puedan?)|todo el dia)\W*$")
SAME_NUMBER = re.compile(r"\b(?:est?e|el mismo|mi) (?:numero|telefono|celular|cel)\b|^\W*(?:aqui|este|si|a este)\W*$")
USE_THIS = re.compile(r"\b(?:a|al|en) (?:este|el mismo) (?:numero|telefono|celular|cel)\b")

CHANGE = re.compile(
    r"\b(?:cambi(?:ar|e|o|a|emos)(?:lo|la)?|corregir|corrij(?:a|o)|correccion|equivocad[oa]|equivoque|incorrect[oa]|error|"
    r"esta mal|no es (?:mi|el|la|correct[oa]))\b"
)
LEAVE_OUT = re.compile(
    r"\b(?:quit(?:ar|e|a|en)(?:lo|la)?|saqu?(?:e|en)|sacar|borr(?:ar|e|a|en)|elimin(?:ar|e|a|en)|omit(?:ir|a)|"
    r"dej(?:ar|e|en) fuera|sin mi|"
    r"no (?:lo |la |les? )?(?:compart(?:a|an|ir)|dig(?:a|an)|pas(?:e|en)|d(?:e|en)|mand(?:e|en)|mencion(?:e|en)))\b"
)
EVERYTHING = re.compile(r"\btodo\b")
ALL_OF_IT = re.compile(r"\b(?:informacion|datos|solicitud|chat|conversacion)\b")
CHANGEABLE = {
    "contact_name": re.compile(r"\bnombre\b"),
    "contact_value": re.compile(r"\b(?:numero|telefono|celular|correo|email|contacto)\b"),
    "contact_safe": re.compile(r"\b(?:segur[oa]s?|mensajes? de voz|buzon)\b"),
    "contact_time": re.compile(r"\b(?:hora|horas|horario|cuando|dia|dias)\b"),
    "contact_zip": re.compile(r"\b(?:codigo|zip|postal|zona)\b"),
    "contact_wish": re.compile(r"\b(?:deseo|desea|tema|temas|pregunta|preguntas)\b"),
    "contact_language": re.compile(r"\b(?:idioma|espanol|lengua)\b"),
    "contact_for": re.compile(r"\b(?:quien|la ayuda)\b"),
}
WISH = re.compile(r"\b(?:mi deseo es|lo que (?:deseo|quiero) es|quisiera que|me gustaria)[: ]+(.{3,})")

VOICEMAIL = re.compile(r"\b(?:(?:mensajes?|correo) de voz|buzon|recados?|contestadora)\b")
TEXT = re.compile(r"\b(?:mensajes? de texto|textos?|mensajit[oa]s?|whatsapp)\b")
MESSAGE = re.compile(r"\bmensajes?\b(?! de )")
"""Which kind is not said: none of either is the careful reading of "no messages", and no yes to anything."""
CALL = re.compile(r"\bllam(?:ada|adas|ar|arme|en|enme|e|eme)\b")
NOT = re.compile(r"\b(?:no|sin|nunca|ni|tampoco|excepto|menos)\b")
CLAUSE = r"\bpero\b|\bpor favor\b|(?=\b(?:sin|nunca|ni|tampoco|excepto|menos)\b)"
ALL = re.compile(r"\b(?:tod[oa]s?|cualquier[a]?|las tres|los tres)\b")
NONE = re.compile(r"^\W*(?:no|ningun[oa]|nada|nadie)\b(?!.*\b(?:llam|text|mensaje|voz))")
YES = re.compile(r"^\W*(?:si|claro|esta bien|bueno|de acuerdo|seguro|es seguro)\b")


def relation(text: str) -> str | None:
    """Whom the words name, as a value of the entity person: "para mi hijo" is for a son; None when nobody."""
    plain = folded(text)
    return next((name for name, pattern in _RELATIONS.items() if pattern.search(plain)), None)


def whose(text: str) -> str | None:
    """The one person of the visitor's own whom a message is about ("mi hijo toma"); None when none or several."""
    plain = folded(text)
    found = [name for name, pattern in _MINE.items() if pattern.search(plain)]
    return found[0] if len(found) == 1 else None
