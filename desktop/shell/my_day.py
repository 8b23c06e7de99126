"""My day."""
from PySide6.QtWidgets import QWidget
class MyDayPage(QWidget):
    """x"""
    def __init__(self, context, parent=None, *, desk): super().__init__(parent)
