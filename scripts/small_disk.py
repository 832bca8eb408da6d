"""A small filesystem of its own for a data folder: filled at will, and given room again."""

import os
import subprocess
import tempfile


def run(*command):
    """Runs a program; its complaint when it is refused."""
    done = subprocess.run(command, capture_output=True, text=True)
    return None if done.returncode == 0 else (done.stderr.strip() or f"{command[0]} failed")


class SmallDisk:
    """A tmpfs that can be made larger, or an ext4 in a file with ballast that can be thrown out."""

    def __init__(self, kind, size_mib, room_mib):
        self.kind, self.room = kind, room_mib
        self.folder = tempfile.TemporaryDirectory(prefix="vigie-disk.")
        self.mount = os.path.join(self.folder.name, "mount")
        os.mkdir(self.mount)
        # Whoever owns the data folder must be able to reach it.
        os.chmod(self.folder.name, 0o755)
        self.refused = self.make_tmpfs(size_mib) if kind == "tmpfs" else self.make_ext4(size_mib)
        self.data = os.path.join(self.mount, "data")
        if not self.refused:
            os.mkdir(self.data, 0o700)

    def make_tmpfs(self, size):
        """In memory; larger by mounting it again."""
        return run("mount", "-t", "tmpfs", "-o", f"size={size}m,mode=755", "vigie-disk", self.mount)

    def make_ext4(self, size):
        """In a file, with a ballast beside the data folder."""
        image = os.path.join(self.folder.name, "image")
        with open(image, "wb") as file:
            file.truncate((size + self.room) * 1024 * 1024)
        refused = run("mkfs.ext4", "-q", "-m", "0", image) or run(
            "mount", "-o", "loop", image, self.mount
        )
        if not refused:
            with open(os.path.join(self.mount, "ballast"), "wb") as file:
                os.posix_fallocate(file.fileno(), 0, self.free() - size * 1024 * 1024)
        return refused

    def free(self):
        """Bytes that are free."""
        disk = os.statvfs(self.mount)
        return disk.f_bavail * disk.f_frsize

    def make_room(self):
        """Gives it its room."""
        if self.kind == "tmpfs":
            refused = run("mount", "-o", f"remount,size={self.room}m", self.mount)
            assert not refused, refused
        else:
            os.remove(os.path.join(self.mount, "ballast"))

    def close(self):
        """Takes it away."""
        if not self.refused:
            run("umount", "-l", self.mount)
        self.folder.cleanup()
