"""A small window that offers files for dragging, as a file manager does."""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402


def main() -> None:
    uris = [GLib.filename_to_uri(path) for path in sys.argv[1:]]
    window = Gtk.Window(title="sifter-drag-source")
    window.set_default_size(120, 80)
    # Beside the app, and nowhere else for a moment: a window manager that moves it makes the aim uncertain.
    window.set_decorated(False)
    window.move(1300, 40)
    handle = Gtk.EventBox()
    handle.add(Gtk.Label(label="drag me"))
    handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    handle.drag_source_add_uri_targets()
    handle.connect("drag-data-get", lambda _w, _c, selection, _i, _t: selection.set_uris(uris))
    window.add(handle)
    window.show_all()
    Gtk.main()


main()
