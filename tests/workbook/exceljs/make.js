// Writes cells.xlsx with npm's exceljs 4.4.0, for the comparison with LibreOffice:
//
//     npm install exceljs@4.4.0
//     python -m tests.workbook.number_formats | node tests/workbook/exceljs/make.js tests/workbook/exceljs/cells.xlsx
//
// Column A holds the cells, column B what each is: its number format, or the kind of its value.

const ExcelJS = require("exceljs");
const cases = JSON.parse(require("fs").readFileSync(0, "utf-8"));

const kinds = [
  ["rich text", { richText: [{ text: "half " }, { font: { bold: true }, text: "bold" }, { text: " text" }] }],
  ["link", { text: "a link", hyperlink: "https://example.com/" }],
  ["formula of a number", { formula: "1+1", result: 2 }],
  ["formula of a text", { formula: '"a"&"b"', result: "ab" }],
  ["formula of a truth", { formula: "1=1", result: true }],
  ["truth", true],
  ["no truth", false],
  ["error", { error: "#N/A" }],
  ["lines", "one\ntwo"],
  ["escape", "_x0041_ and & < > \u{1F600}"],
  ["spaces around", "  two and two  "],
  ["tab", "a\tb"],
];

const book = new ExcelJS.Workbook();
const sheet = book.addWorksheet("S");
for (const [code, value] of cases) {
  const row = sheet.addRow([value, code]);
  row.getCell(1).numFmt = code;
}
for (const [kind, value] of kinds) sheet.addRow([value, kind]);
sheet.addRow([new Date(Date.UTC(2026, 3, 3, 9, 30)), "yyyy-mm-dd hh:mm"]).getCell(1).numFmt = "yyyy-mm-dd hh:mm";
for (const row of [1, 2]) sheet.getCell(`C${row}`).value = row; // a shared formula over them
sheet.getCell("D1").value = { formula: "C1*2", result: 2, shareType: "shared", ref: "D1:D2" };
sheet.getCell("D2").value = { sharedFormula: "D1", result: 4 };
book.xlsx.writeFile(process.argv[2]);
