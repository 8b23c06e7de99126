"""The small style sheet beside the palette: corners, borders and type of the common controls."""

from __future__ import annotations

from pathlib import Path
from string import Template

from desktop.widgets.theme import Theme, as_names

IMAGES = Path(__file__).parent / "images"

SHEET = Template("""
QToolTip { background: $surface; color: $text; border: 1px solid $line; padding: ${p4}px ${p8}px; }
QLabel[role="title"] { font-size: ${t19}px; font-weight: 600; }
QLabel[role="heading"] { font-size: ${t12}px; font-weight: 600; color: $dim; }
QLabel[role="dim"] { color: $dim; }
QLabel[role="small"] { color: $dim; font-size: ${t11}px; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="number"] { font-size: ${t26}px; font-weight: 600; }
QLabel[role="script"] { font-size: ${t17}px; font-weight: 500; }
QLabel[role="error"] { color: $bad; font-size: ${t11}px; }
QLabel[tone="ok"] { color: $ok; } QLabel[tone="warn"] { color: $warn; } QLabel[tone="bad"] { color: $bad; }
QLabel[tone="accent"] { color: $accent; } QLabel[tone="dim"] { color: $dim; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateEdit, QTimeEdit, QDateTimeEdit {
  background: $surface; color: $text; border: 1px solid $edge; border-radius: ${p6}px; padding: ${p5}px ${p8}px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QPlainTextEdit, QTextEdit { placeholder-text-color: $dim; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateEdit:focus,
QTimeEdit:focus, QDateTimeEdit:focus { border: 2px solid $accent; padding: ${f5}px ${f8}px; }
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"] { border: 2px solid $bad; padding: ${f5}px ${f8}px; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDateEdit:disabled {
  background: $background; color: $dim; border: 1px solid $line; }
QLineEdit:read-only { background: $background; border: 1px solid $line; }
QLineEdit:read-only:focus { border: 2px solid $accent; padding: ${f5}px ${f8}px; }
QComboBox { padding-left: ${p10}px; } QComboBox:focus { padding-left: ${f10}px; }
QComboBox::drop-down { border: none; width: ${p24}px; }
QComboBox::down-arrow { image: url("$images/chevron-down.svg"); width: ${p12}px; height: ${p12}px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $line; padding: ${p4}px; outline: none;
  selection-background-color: $accent_ground; selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: ${p26}px; padding: 0 ${p8}px; border-radius: ${p4}px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { border: none; width: ${p18}px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("$images/chevron-up.svg"); width: ${p10}px; height: ${p10}px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("$images/chevron-down.svg"); width: ${p10}px; height: ${p10}px; }

QPushButton, QToolButton { background: $surface; color: $text; border: 1px solid $line; border-radius: ${p6}px;
  padding: ${p5}px ${p12}px; font-weight: 500; }
QPushButton:hover, QToolButton:hover { background: $raised; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: ${f5}px ${f12}px; }
QPushButton:default:focus { border-color: $on_accent; }
QPushButton:disabled, QToolButton:disabled { color: $faint; background: $background; }
QToolButton { padding: ${p5}px ${p6}px; } QToolButton:focus { padding: ${f5}px ${f6}px; }
QToolButton::menu-indicator { image: none; }

QCheckBox, QRadioButton { spacing: ${p8}px; padding: ${p3}px; border: 2px solid transparent; border-radius: ${p6}px; }
QCheckBox:focus, QRadioButton:focus { border-color: $accent; }
QCheckBox::indicator, QRadioButton::indicator, QListView::indicator { width: ${p14}px; height: ${p14}px; border: 1px solid $edge; border-radius: ${p4}px;
  background: $surface; }
QRadioButton::indicator { border-radius: ${p7}px; }
QCheckBox::indicator:checked, QListView::indicator:checked { background: $accent; border-color: $accent; image: url("$images/check-$shade.svg"); }
QCheckBox::indicator:indeterminate { background: $accent; border-color: $accent; image: url("$images/dash-$shade.svg"); }
QRadioButton::indicator:checked { border-color: $accent; background: $accent; image: url("$images/dot-$shade.svg"); }

QFrame[panel="card"] { background: $surface; border: 1px solid $line; border-radius: ${p8}px; }
QFrame[panel="side"] { background: $surface; border: none; }
QFrame[panel="rule"] { background: $line; border: none; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[panel="clear"] { background: transparent; }
QSplitter::handle { background: $line; } QSplitter::handle:hover { background: $edge; }

QTableView, QListView, QTreeView { background: transparent; border: 1px solid transparent; outline: none; selection-color: $text;
  selection-background-color: $accent_ground; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; color: $dim; border: none; border-bottom: 1px solid $line;
  padding: ${p6}px ${p8}px; font-size: ${t11}px; font-weight: 500; }
QHeaderView::section:hover { color: $text; background: $raised; }
QTableCornerButton::section { background: transparent; border: none; }

QMenu { background: $surface; border: 1px solid $line; padding: ${p4}px; }
QMenu::item { padding: ${p6}px ${p24}px ${p6}px ${p12}px; border-radius: ${p4}px; color: $text; }
QMenu::item:selected { background: $accent_ground; color: $text; }
QMenu::item:disabled { color: $dim; }
QMenu::icon { padding-left: ${p8}px; }
QMenu::separator { height: 1px; background: $line; margin: ${p4}px ${p8}px; }
QMenuBar { background: $surface; border-bottom: 1px solid $line; padding: ${p2}px; }
QMenuBar::item { padding: ${p5}px ${p10}px; border-radius: ${p4}px; background: transparent; }
QMenuBar::item:selected { background: $raised; }
QStatusBar { background: $surface; border-top: 1px solid $line; color: $dim; } QStatusBar::item { border: none; }

QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $dim; padding: ${p8}px ${p12}px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::scroller { width: ${p32}px; } QTabBar QToolButton { background: $background; border: 1px solid $line; border-radius: 0;
  padding: 0; }
QTabBar QToolButton::left-arrow { image: url("$images/chevron-left.svg"); width: ${p10}px; height: ${p10}px; }
QTabBar QToolButton::right-arrow { image: url("$images/chevron-right.svg"); width: ${p10}px; height: ${p10}px; }
QTabBar::tab:selected:focus { color: $accent; border: 2px solid $accent; border-radius: ${p4}px; padding: ${f8}px ${f12}px; } QTabBar::tab:hover { color: $text; }
QProgressBar { background: $line; border: none; border-radius: ${p3}px; max-height: ${p6}px; text-align: center; color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: ${p3}px; }
QGroupBox { border: none; margin-top: ${p24}px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; color: $dim; }

QScrollBar:vertical { background: transparent; width: ${p12}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${p12}px; margin: 0; }
QScrollBar::handle { background: $edge; border-radius: ${p3}px; margin: ${p3}px; }
QScrollBar::handle:vertical { min-height: ${p32}px; } QScrollBar::handle:horizontal { min-width: ${p32}px; }
QScrollBar::handle:hover { background: $dim; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
""")


def style_sheet(theme: Theme) -> str:
    """The sheet with this theme's colours and lengths."""
    lengths = {f"p{n}": str(theme.px(n)) for n in range(1, 40)}
    focus = {f"f{n}": str(max(0, theme.px(n) - 1)) for n in range(1, 40)}  # the thicker border takes a pixel from the padding
    type_sizes = {"t11": theme.px(11.5), "t12": theme.px(12), "t17": theme.px(17), "t19": theme.px(19), "t26": theme.px(26)}
    sizes = {name: str(size) for name, size in type_sizes.items()}
    shade = "dark" if theme.dark else "light"
    return SHEET.substitute(as_names(theme.colours) | lengths | focus | sizes, images=IMAGES.as_posix(), shade=shade)
