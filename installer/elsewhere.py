"""What packs the one-folder program on Windows and macOS. Written from these systems' manuals and not tried there."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from installer.contents import Contents
from installer.freezing import Workshop

UNTESTED = "Untested: nobody has run this on Windows or macOS yet. Try the result before giving it to anyone."
# The same program is always the same entry in Windows' list, so that a newer version takes the place of an older one.
_WINDOWS_ID = "{{6E1D5C2A-3F0B-4B7E-9C55-0A6C1E7F2D41}"


def pack_elsewhere(shop: Workshop, contents: Contents) -> str:
    """Write the script for Inno Setup; on macOS also pack the bundle. Says in words what was made."""
    script = shop.folder / "dist" / "kontinuum.iss"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(inno_script(contents, shop.program), encoding="utf-8-sig", newline="\r\n")
    if sys.platform == "win32":
        return f"{script}: open it with Inno Setup 6, or run iscc on it, and it makes the installer."
    if sys.platform == "darwin":
        bundle = shop.program.with_name("Kontinuum.app")
        shop.run("codesign", "--force", "--deep", "--sign", "-", bundle)
        packed = shutil.make_archive(str(bundle.with_suffix("")), "zip", bundle.parent, bundle.name)
        return f"{packed}: the bundle, signed for this machine only."
    return f"{script}: for Windows."


def inno_script(contents: Contents, program: Path) -> str:
    """An installer for one user without administrator's rights, in the three languages, that keeps the data on removal."""
    licence = (contents.root / "LICENSE").resolve()
    return "\n".join(
        (
            "; Made by build_installer.py. UNTESTED on Windows so far.",
            "[Setup]",
            f"AppId={_WINDOWS_ID}",
            "AppName=Kontinuum",
            f"AppVersion={contents.version}",
            "AppPublisher=The Kontinuum authors",
            "DefaultDirName={autopf}\\Kontinuum",
            "DefaultGroupName=Kontinuum",
            "PrivilegesRequired=lowest",
            "PrivilegesRequiredOverridesAllowed=dialog",
            "ArchitecturesAllowed=x64compatible",
            "ArchitecturesInstallIn64BitMode=x64compatible",
            "MinVersion=10.0.17763",
            f"LicenseFile={licence}",
            "OutputDir=.",
            f"OutputBaseFilename=kontinuum-{contents.version}-setup",
            "Compression=lzma2",
            "SolidCompression=yes",
            "UninstallDisplayIcon={app}\\kontinuum.exe",
            "WizardStyle=modern",
            "[Languages]",
            'Name: "en"; MessagesFile: "compiler:Default.isl"',
            'Name: "sv"; MessagesFile: "compiler:Languages\\Swedish.isl"',
            'Name: "fi"; MessagesFile: "compiler:Languages\\Finnish.isl"',
            "[InstallDelete]",
            'Type: filesandordirs; Name: "{app}\\_internal"',
            "[Files]",
            f'Source: "{program}\\*"; DestDir: "{{app}}"; Flags: ignoreversion recursesubdirs createallsubdirs',
            "[Icons]",
            'Name: "{group}\\Kontinuum"; Filename: "{app}\\kontinuum.exe"',
            "[Run]",
            'Filename: "{app}\\kontinuum.exe"; Description: "{cm:LaunchProgram,Kontinuum}"; Flags: nowait postinstall skipifsilent',
            "",
        )
    )
