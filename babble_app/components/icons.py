"""The icons: our own drawings on a 20 x 20 grid, inline SVG, coloured by the text around them."""

from __future__ import annotations

from typing import Any

import reflex as rx

PATHS: dict[str, tuple[str, ...]] = {
    "agent": (
        "M3.5 4.5h13a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H9l-3.5 3v-3h-2a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1Z",
        "M6 8h4M8.500 11h5",
    ),
    "arrow-down": ("M10 4v12", "M5 11l5 5 5-5"),
    "arrow-left": ("M16 10H4", "M9 5l-5 5 5 5"),
    "arrow-up": ("M10 16V4", "M5 9l5-5 5 5"),
    "chart": ("M3 16.500h14", "M6 13.500V9.500", "M10 13.500V4", "M14 13.500V7"),
    "chat": (
        "M4 4.500h12a1 1 0 0 1 1 1V13a1 1 0 0 1-1 1H9.500L6 17v-3H4a1 1 0 0 1-1-1V5.500a1 1 0 0 1 1-1Z",
    ),
    "check": ("M4 10.500l4 4 8-9",),
    "chevron-down": ("M5 7.500l5 5 5-5",),
    "chevron-left": ("M12.500 5l-5 5 5 5",),
    "chevron-right": ("M7.500 5l5 5-5 5",),
    "clock": ("M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14Z", "M10 6.500V10l2.500 2"),
    "code": ("M7 6l-4 4 4 4", "M13 6l4 4-4 4"),
    "columns": ("M3.500 4h13v12h-13Z", "M10 4v12"),
    "copy": ("M7 7h9v9H7Z", "M4 13V4h9"),
    "diff": ("M10 3v8", "M6 7h8", "M6 16h8"),
    "dots": ("M4.500 10h.01", "M10 10h.01", "M15.500 10h.01"),
    "download": ("M10 3v9", "M6 8.500l4 4 4-4", "M3.500 16.500h13"),
    "expand": ("M12 3.500h4.500V8", "M8 16.500H3.500V12", "M16.500 3.500l-5 5", "M3.500 16.500l5-5"),
    "external": ("M11 3.500h5.500V9", "M16.500 3.500L9 11", "M14 12v4.500H3.500V6H8"),
    "eye": (
        "M2 10s3-5.500 8-5.500 8 5.500 8 5.500-3 5.500-8 5.500S2 10 2 10Z",
        "M10 7.800a2.200 2.200 0 1 1 0 4.400 2.200 2.200 0 0 1 0-4.400Z",
    ),
    "eye-off": (
        "M3 3l14 14",
        "M8 4.800A8 8 0 0 1 10 4.500c5 0 8 5.500 8 5.500a14 14 0 0 1-2.300 3",
        "M5 6.300A14 14 0 0 0 2 10s3 5.500 8 5.500a8 8 0 0 0 3.500-.8",
    ),
    "file": ("M5 2.500h6.500L15.500 6.500v11H5Z", "M11.500 2.500v4h4"),
    "files": ("M7.500 2.500h5L16 6v8.500H7.500Z", "M4.500 6v11.500H13"),
    "folder": ("M2.500 5h5.500l1.500 2h8v9.500h-15Z",),
    "image": ("M3 4h14v12H3Z", "M3.500 14.500l4-4.500 3.500 3.500 2-2 3.500 3.500", "M13 7.500h.01"),
    "info": ("M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14Z", "M10 9v4.500", "M10 6.500h.01"),
    "key": (
        "M7 9.500a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7Z",
        "M9.500 10.500L17 3",
        "M13.500 6.500l2.500 2.500",
    ),
    "lock": ("M4.500 9h11v8h-11Z", "M7 9V6.500a3 3 0 0 1 6 0V9"),
    "log-out": ("M8 3.500H3.500v13H8", "M12 6l4.500 4-4.500 4", "M16.500 10H8"),
    "menu": ("M3 5.500h14", "M3 10h10", "M3 14.500h14"),
    "message-off": ("M4 4.500h12v9.500H9.500L6 17v-3H4Z", "M3 3l14 14"),
    "monitor": ("M2.500 4h15v10h-15Z", "M7 17h6", "M10 14v3"),
    "moon": ("M16.500 12A7 7 0 0 1 8 3.500a7 7 0 1 0 8.500 8.500Z",),
    "paperclip": (
        "M15.500 9l-6 6a3.500 3.500 0 0 1-5-5l6.500-6.500a2.300 2.300 0 0 1 3.300 3.300L8 13a1.100 1.100 0 0 1-1.600-1.600L12 6",
    ),
    "pencil": ("M3.500 16.500l.8-3.700L13.500 3.600l2.900 2.900-9.200 9.200Z", "M11.500 5.600l2.900 2.900"),
    "play": ("M6 3.500l10.500 6.500L6 16.500Z",),
    "plus": ("M10 4v12", "M4 10h12"),
    "refresh": ("M16.500 9A6.700 6.700 0 0 0 4 7.500", "M3.500 11A6.700 6.700 0 0 0 16 12.500",
                "M3.500 3.500v4h4", "M16.500 16.500v-4h-4"),
    "search": ("M8.500 3a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11Z", "M12.500 12.500L17 17"),
    "settings": ("M3 6h7", "M14 6h3", "M12 4v4", "M3 14h3", "M10 14h7", "M8 12v4"),
    "stop": ("M5 5h10v10H5Z",),
    "sun": (
        "M10 6.700a3.300 3.300 0 1 1 0 6.600 3.300 3.300 0 0 1 0-6.600Z",
        "M10 2v1.700M10 16.300V18M2 10h1.700M16.300 10H18M4.300 4.300l1.200 1.200M14.500 14.500l1.200 1.200"
        "M4.300 15.700l1.200-1.200M14.500 5.500l1.200-1.200",
    ),
    "thumb-down": ("M6 12.500V4h8.500l2.500 6v2.500h-5l.5 4.500-1.500 1L7.500 12.500Z", "M3 4v8.500"),
    "thumb-up": ("M6 7.500V16h8.500l2.500-6V7.500h-5l.5-4.500-1.500-1L7.500 7.500Z", "M3 7.500V16"),
    "trash": ("M3.500 5.500h13", "M8 5.500V3.500h4v2", "M5 5.500l.8 11.500h8.400L15 5.500", "M8.500 9v5M11.500 9v5"),
    "undo": ("M7.500 4L3.500 8l4 4", "M3.500 8H12a4.500 4.500 0 0 1 0 9H8"),
    "upload": ("M10 13V4", "M6 7.500l4-4 4 4", "M3.500 16.500h13"),
    "user": ("M10 3.500a3.200 3.200 0 1 1 0 6.400 3.200 3.200 0 0 1 0-6.400Z", "M3.500 17a6.500 6.500 0 0 1 13 0"),
    "versions": ("M10 2.500l7.500 4-7.500 4-7.500-4Z", "M2.500 10.500l7.500 4 7.500-4", "M2.500 14l7.500 4 7.500-4"),
    "warning": ("M10 3l7.500 13.500h-15Z", "M10 8.500v3.500", "M10 14.300h.01"),
    "x": ("M5 5l10 10", "M15 5L5 15"),
}  # fmt: skip


def icon(name: str, size: int = 18, **props: Any) -> rx.Component:
    """Draw an icon; it is decoration, so the control around it needs words of its own."""
    return rx.el.svg(
        *(rx.el.path(d=path) for path in PATHS[name]),
        view_box="0 0 20 20",
        width=str(size),
        height=str(size),
        aria_hidden="true",
        class_name="icon",
        **props,
    )


def brand_mark(size: int = 24) -> rx.Component:
    """Draw the mark: speech whose words are lines of a program."""
    return rx.el.svg(
        rx.el.path(
            d="M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-8.500L6 22.500V18H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Z",
            fill="currentColor",
        ),
        rx.el.path(
            d="M6 7.500h6M9 10.500h8.500M9 13.500h5",
            stroke="var(--surface)",
            stroke_width="1.8",
            stroke_linecap="round",
        ),
        view_box="0 0 24 24",
        width=str(size),
        height=str(size),
        fill="none",
        aria_hidden="true",
        class_name="brand-mark",
    )
