"""Words of the modules that know no Django, in the language of the process; the catalogue is looked up once."""

from gettext import translation

_words = translation("lighttouch", fallback=True)
gettext, ngettext = _words.gettext, _words.ngettext
