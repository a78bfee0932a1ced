"""Words as people write them in chats: abbreviations with their full form, and words without information.

All words are without accents and capitals (`bot.content.names.fold`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.content.names import fold
from bot.content.stems import STOP_WORDS


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _spellings(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return what stands for each abbreviation; in `text` a line has the abbreviations, «=», and the words."""
    return {
        fold(short): tuple(whole.split())
        for line in text.strip().splitlines()
        for shorts, _equals, whole in [line.partition("=")]
        for short in shorts.split()
    }


_SPELLED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "fr": _spellings("""
        koi kwa quoa quoii kwoi= quoi
        keske kesk qqch kekchose = quoi
        kan kand qd qand = quand
        cb cmb kombien conbien = combien
        kel kelle quel quelles quels kels = quelle
        ki = qui
        ke = que
        kom cmt coment = comment
        pk pq pkoi prk pourkoi = pourquoi
        ousque ousqu oussque ouske oukon = ou
        pr = pour
        ds = dans
        avk av = avec
        jusque = jusqu
        quon kon = qu on
        pa po = pas
        tt toute = tout
        ts = tous
        mtn mnt maint mntn maintenan = maintenant
        auj ajd adj aujourdhui aujourdui ojd = aujourd hui
        dem1 2m1 2main dmain demin = demain
        tps = temps
        mn min mins minute = minutes
        num numeros = numero
        tel teleph = telephone
        rdv = rendez vous
        bjr slt = bonjour
        dej dejeune = dejeuner
        ptit ptite = petit
        aprem aprm apremidi = apres midi
        chui chuis chu jsuis jsui = je suis
        jai g = j ai
        jvais jvas jva = je vais
        jfais  = je fais
        jveux jve = je veux
        jpeux jpe = je peux
        jcomprends jcomprend = je comprends
        sav savoir = savoir
        cest cé sest c = c est
        cetait ct = c etait
        ya yatil yati yena = y a
        qqun qqn quelquun kelkun = quelqu un
        groupes grp gp grpe gr groue = groupe
        equipes = equipe
        themes thematiques thematique = theme
        prog progr programe = programme
        notifs notif notifications = notification
        mess msg msgs = message
        info = infos
        rembours = rembourse
        tlm = tout le monde
        vx = veux
        wc = toilettes
        dimm = dimanche
    """),
    "en": _spellings("""
        u ya = you
        r = are
        ur = your
        wat wut wht whats = what
        wen whn whens = when
        whr wher wheres = where
        whos = who
        hows = how
        tmrw tmr tomorow tommorow tomorrows tmw tomoz = tomorrow
        2nite tonite 2night = tonight
        2day tday todays = today
        mins min minute = minutes
        grp groups = group
        themes topics topic = theme
        notifs notif notifications = notification
        pic = picture
        info = information
        im = i am
        ive = i have
        cant = can not
        dont = do not
        doesnt = does not
        id = i would
        wanna = want to
        gonna = going to
        msg msgs = message
    """),
    "de": _spellings("""
        isch isses is = ist
        wänn wan wenns = wann
        wos wosn = wo
        wiä wia = wie
        mer = wir
        hani habs hab hob = habe
        ned nöd nid net nich = nicht
        minere minera = meiner
        mini mis meis = mein
        chan chani cha kamma = kann
        chönd chönt = konnt
        gömmer gemma = gehen wir
        gibts gits gibs = gibt
        gehts = geht
        wirds = wird
        heut hüt heit = heute
        morn moan = morgen
        znacht = abendessen
        zmittag = mittagessen
        zmorge = fruhstuck
        chame = kann man
        müemer = mussen wir
        abgäh = abgeben
        söll = soll
        dütsch = deutsch
        änglisch = englisch
        gruppen grp = gruppe
        themen = thema
        unsre unsere unseren unserem unserer unsern = unser
        meine meinen meinem meiner meines = mein
        welche welcher welchem welchen = welches
        min mins = minuten
        prog = programm
    """),
}
"""Abbreviations and other ways of writing words in chats, in dialects too, by locale."""

MAY_LACK = frozenset("ldjmstncq")
"""The letters that come before an apostrophe in French; people often leave out the apostrophe: «latelier»."""

ASKING = _word_set(
    "ou comment quand quelle combien quoi pourquoi besoin cherche cherchons perdu perdue trouve"
    " trouver marche svp stp how what when where why need looking lost find cant doesnt isnt anyone someone pls please"
    " wo wohin woher wie wann welches wem brauche suche verloren gibt geht jemand bitte"
)
"""Words of texts that ask something, or say that something is missing."""
ASKING_FIRST = _word_set(
    "est esque y ya qui que is are do does did can could may who whom whose which ist sind hat habt kann konnt darf wer"
    " was konnen"
)
"""Words that ask something at the beginning of a text, but not inside it."""
OWN = _word_set(
    "j je jme jarrive mon ma mes moi m me i my me mine ich mir mich mein pas no not nicht kein keine keinen notre nos"
    " meine meinen meinem meiner"
    " our we us wir uns unser on"
)
"""Words of texts in which people write about themselves, or say that something is missing: «j'ai laissé mon ordi»."""
_NOISE = _word_set(
    "alors am bitte ca cant chui da denn dir doesnt donc dont eigentlich es"
    " esque euch faut get gibt habe habt  "
    " here hier ici id im isnt jarrive jme kann konnt la mal me mich mir mochte"
    " non ok oui pas peut peux please pls puis qqn quelqu quelqun quelqune stp suis svp"
    " svpl there uns us veux voudrais we will wir y"
)
UNTOLD = frozenset[str]().union(*STOP_WORDS.values(), _NOISE)
"""Words of chats without information about what is asked: the stop words of each language, greetings, «please»."""


def spelled_out(folded: Sequence[str], locale: str) -> Sequence[str]:
    """Return the words of a text with the chat abbreviations of a language («mtn») written in full.

    Other words stay unchanged. `folded` are the words without accents and capitals.
    """
    known = _SPELLED.get(locale, {})
    return [whole for word in folded for whole in known.get(word, (word,))]


EVERYWHERE = _word_set(
    "salle groupe equipe table soir matin midi nuit demain samedi dimanche vendredi jeudi journee etage hotel auberge"
    " chambre bus taxi aeroport gare metro train telephone mail numero code porte atelier pleniere aujourd phase"
    " room group team table tonight tomorrow morning evening afternoon night sunday saturday friday thursday today day"
    " floor hotel hostel bus taxi airport train phone number email mail code door workshop session plenary phase"
    " raum zimmer gruppe team tisch abend fruh nachmittag morgen nacht samstag sonntag freitag donnerstag stock etage"
    " hotel hostel flughafen bahn zug handy nummer tur tag heute workshop plenum phase"
)
"""Words for places and times, which occur in texts about anything and so tell less than others what is asked."""

_YES_OR_NO = _word_set("""
    oui ouais ouai ui wi yep non nan nope
    yes yeah yup ya no nah
    ja jo jep jawohl nein nee ne
""")
_AGREED = _word_set("ok okay oki okey dac daccord accord d klar einverstanden volontiers sure gern gerne")
_BESIDE = _word_set("ca va c a stp svp s il te plait vous please pls bitte bien all is good alright gut")


def is_bare_reply(written: Sequence[str], *, agreed: bool) -> bool:
    """Return whether a text only says yes or no, like «oui ça va»; if `agreed` is True, «ok» alone counts too.

    `written` are the words of the text, without accents and capitals.
    """
    core = _YES_OR_NO | _AGREED if agreed else _YES_OR_NO
    return bool(core.intersection(written)) and set(written) <= core | _AGREED | _BESIDE
