//! A workbook in Excel's format (ECMA-376), written as its rows come: no more is held than the texts that cells share and what is
//! compressed so far. It has what the tables of a result need, and tells no time: the same cells give the same bytes.

use std::io::{Cursor, Write};

use indexmap::IndexMap;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::report::figures::legible;
use crate::units::Date;

/// Excel counts days from here, for all days from March 1900 on: it takes 1900 for a leap year.
const EPOCH: Date = Date::constant(1899, 12, 30);
/// The first of them.
const FIRST_DAY: Date = Date::constant(1900, 3, 1);

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const CONTENT: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// How a cell looks: its place among the formats of [`STYLES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As usual.
    Plain = 0,
    /// Large and bold.
    Title = 1,
    /// Bold.
    Header = 2,
    /// In several lines, from the top.
    Wrapped = 3,
    /// A day.
    Day = 4,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'v> {
    /// Nothing.
    Blank,
    /// A text, which is never taken for a formula.
    Text(&'v str),
    /// A number, in digits.
    Number(String),
}

/// The number by which Excel knows a day; `None` for one that it does not know.
pub fn day(date: Date) -> Option<String> {
    let days = EPOCH.until(date).ok()?.get_days();
    (date >= FIRST_DAY).then(|| days.to_string())
}

/// What a sheet is, before its rows.
#[derive(Debug, Clone)]
pub struct Form {
    /// Its name, of at most 31 letters and blanks.
    pub name: String,
    /// Widths of its columns, in characters.
    pub widths: Vec<f64>,
    /// Its rows, where they are known and the first is a header that stays in sight and filters them.
    pub table: Option<u64>,
}

/// What the workbook says of itself.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Title.
    pub title: &'a str,
    /// Subject.
    pub subject: &'a str,
    /// Keywords.
    pub keywords: &'a str,
    /// Who made it.
    pub author: &'a str,
    /// The day that it shows.
    pub created: Date,
}

/// A workbook on its way. Sheets are written one after the other.
pub struct Workbook {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    strings: Strings,
    forms: Vec<Form>,
}

/// The texts of cells, each once.
#[derive(Default)]
struct Strings {
    known: IndexMap<String, ()>,
    uses: u64,
}

impl Strings {
    fn place(&mut self, text: &str) -> usize {
        self.uses += 1;
        match self.known.get_index_of(text) {
            Some(place) => place,
            None => self.known.insert_full(text.to_owned(), ()).0,
        }
    }
}

impl Workbook {
    /// One without a sheet.
    pub fn new() -> Workbook {
        Workbook { zip: ZipWriter::new(Cursor::default()), strings: Strings::default(), forms: Vec::new() }
    }

    fn part(&mut self, name: &str) -> Result<(), ZipError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o600);
        self.zip.start_file(name, options)
    }

    fn whole_part(&mut self, name: &str, text: &str) -> Result<(), ZipError> {
        self.part(name)?;
        self.zip.write_all(XML.as_bytes())?;
        Ok(self.zip.write_all(text.as_bytes())?)
    }

    /// Begins a sheet, to be ended by [`Sheet::end`].
    ///
    /// # Errors
    /// It can't be written.
    pub fn sheet(&mut self, form: Form) -> Result<Sheet<'_>, ZipError> {
        self.part(&format!("xl/worksheets/sheet{}.xml", self.forms.len() + 1))?;
        let selected = if self.forms.is_empty() { " tabSelected=\"1\"" } else { "" };
        let pane = match form.table {
            Some(_) => {
                "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/><selection pane=\"bottomLeft\"/>"
            }
            None => "",
        };
        write!(
            self.zip,
            "{XML}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView{selected} workbookViewId=\"0\">{pane}</sheetView></sheetViews>\
             <sheetFormatPr defaultRowHeight=\"15\"/><cols>"
        )?;
        for (number, width) in (1..).zip(&form.widths) {
            // The blank at the edges of a cell is counted in.
            let width = width + 0.71;
            write!(self.zip, "<col min=\"{number}\" max=\"{number}\" width=\"{width:.2}\" customWidth=\"1\"/>")?;
        }
        write!(self.zip, "</cols><sheetData>")?;
        self.forms.push(form);
        Ok(Sheet { workbook: self, row: 0, line: String::new() })
    }

    /// The whole file.
    ///
    /// # Errors
    /// It can't be written.
    pub fn finish(mut self, about: About<'_>) -> Result<Vec<u8>, ZipError> {
        self.strings()?;
        let sheets = self.forms.len();
        let mut types = format!(
            "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
             ContentType=\"application/xml\"/><Override PartName=\"/docProps/core.xml\" \
             ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>"
        );
        let mut parts = vec![
            ("workbook.xml".to_owned(), "sheet.main"),
            ("styles.xml".to_owned(), "styles"),
            ("sharedStrings.xml".to_owned(), "sharedStrings"),
        ];
        parts.extend((1..=sheets).map(|sheet| (format!("worksheets/sheet{sheet}.xml"), "worksheet")));
        for (name, kind) in parts {
            types.push_str(&format!("<Override PartName=\"/xl/{name}\" ContentType=\"{CONTENT}.{kind}+xml\"/>"));
        }
        self.whole_part("[Content_Types].xml", &(types + "</Types>"))?;
        let relation = |id: usize, kind: &str, target: &str| {
            format!("<Relationship Id=\"rId{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
        };
        let relations = |all: String| format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{all}</Relationships>");
        let first = relation(1, &format!("{RELATIONS}/officeDocument"), "xl/workbook.xml")
            + &relation(2, &format!("{PACKAGE}/relationships/metadata/core-properties"), "docProps/core.xml");
        self.whole_part("_rels/.rels", &relations(first))?;
        let mut own: String = (1..=sheets)
            .map(|sheet| relation(sheet, &format!("{RELATIONS}/worksheet"), &format!("worksheets/sheet{sheet}.xml")))
            .collect();
        own += &relation(sheets + 1, &format!("{RELATIONS}/styles"), "styles.xml");
        own += &relation(sheets + 2, &format!("{RELATIONS}/sharedStrings"), "sharedStrings.xml");
        self.whole_part("xl/_rels/workbook.xml.rels", &relations(own))?;
        let workbook = self.contents();
        self.whole_part("xl/workbook.xml", &workbook)?;
        self.whole_part("xl/styles.xml", STYLES)?;
        self.whole_part("docProps/core.xml", &properties(about))?;
        Ok(self.zip.finish()?.into_inner())
    }

    fn strings(&mut self) -> Result<(), ZipError> {
        self.part("xl/sharedStrings.xml")?;
        let (uses, unique) = (self.strings.uses, self.strings.known.len());
        write!(self.zip, "{XML}<sst xmlns=\"{MAIN}\" count=\"{uses}\" uniqueCount=\"{unique}\">")?;
        for text in self.strings.known.keys() {
            let space = if text.trim() == text { "" } else { " xml:space=\"preserve\"" };
            write!(self.zip, "<si><t{space}>{}</t></si>", escaped(&guarded(text)))?;
        }
        Ok(write!(self.zip, "</sst>")?)
    }

    /// Which sheets there are, and what is filtered in each.
    fn contents(&self) -> String {
        let mut text = format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><bookViews><workbookView/></bookViews><sheets>"
        );
        for (number, form) in (1..).zip(&self.forms) {
            let name = escaped(&form.name);
            text += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>");
        }
        text += "</sheets><definedNames>";
        for (place, form) in self.forms.iter().enumerate() {
            if let Some((column, row)) = form.last() {
                let name = escaped(&form.name.replace('\'', "''"));
                text += &format!(
                    "<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"{place}\" hidden=\"1\">\
                     '{name}'!$A$1:${column}${row}</definedName>"
                );
            }
        }
        text + "</definedNames></workbook>"
    }
}

impl Form {
    /// The last column and row of a table, with its header.
    fn last(&self) -> Option<(String, u64)> {
        self.table.map(|rows| (column(self.widths.len().saturating_sub(1)), rows + 1))
    }
}

/// A sheet on its way.
pub struct Sheet<'w> {
    workbook: &'w mut Workbook,
    row: u64,
    line: String,
}

impl Sheet<'_> {
    /// Writes the next row.
    ///
    /// # Errors
    /// It can't be written.
    pub fn row<'v>(&mut self, cells: impl IntoIterator<Item = (Value<'v>, Style)>) -> Result<(), ZipError> {
        self.row += 1;
        let row = self.row;
        self.line.clear();
        for (place, (value, style)) in cells.into_iter().enumerate() {
            let style = if style == Style::Plain { String::new() } else { format!(" s=\"{}\"", style as u8) };
            let at = column(place);
            match value {
                Value::Blank if style.is_empty() => {}
                Value::Blank => self.line += &format!("<c r=\"{at}{row}\"{style}/>"),
                Value::Number(digits) => self.line += &format!("<c r=\"{at}{row}\"{style}><v>{digits}</v></c>"),
                Value::Text(text) => {
                    let place = self.workbook.strings.place(&legible(text));
                    self.line += &format!("<c r=\"{at}{row}\"{style} t=\"s\"><v>{place}</v></c>");
                }
            }
        }
        if self.line.is_empty() {
            return Ok(());
        }
        Ok(write!(self.workbook.zip, "<row r=\"{row}\">{}</row>", self.line)?)
    }

    /// Ends the sheet.
    ///
    /// # Errors
    /// It can't be written.
    pub fn end(self) -> Result<(), ZipError> {
        let last = self.workbook.forms.last().and_then(Form::last);
        let filter = last.map(|(column, row)| format!("<autoFilter ref=\"A1:{column}{row}\"/>")).unwrap_or_default();
        Ok(write!(self.workbook.zip, "</sheetData>{filter}</worksheet>")?)
    }
}

/// The name of a column, counted from 0: A, B, ..., Z, AA, ...
fn column(mut place: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + (place % 26) as u8));
        match place / 26 {
            0 => return name,
            more => place = more - 1,
        }
    }
}

/// A text between tags or in quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text of which Excel takes nothing for the number of a character, as it does of `_x0041_`.
fn guarded(text: &str) -> String {
    let is_number = |rest: &str| {
        rest.len() >= 7
            && rest.is_char_boundary(7)
            && rest[2..6].bytes().all(|b| b.is_ascii_hexdigit())
            && &rest[6..7] == "_"
    };
    let mut guarded = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        if rest.starts_with("_x") && rest.is_char_boundary(6.min(rest.len())) && is_number(rest) {
            guarded.push_str("_x005F");
        }
        guarded.push(c);
    }
    guarded
}

fn properties(about: About<'_>) -> String {
    let About { title, subject, keywords, author, created } = about;
    let [title, subject, keywords, author] = [title, subject, keywords, author].map(|text| escaped(&legible(text)));
    format!(
        "<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <dc:title>{title}</dc:title><dc:subject>{subject}</dc:subject><dc:creator>{author}</dc:creator>\
         <cp:keywords>{keywords}</cp:keywords><dcterms:created xsi:type=\"dcterms:W3CDTF\">{created}T00:00:00Z</dcterms:created>\
         </cp:coreProperties>"
    )
}

/// The formats of cells, in the order of [`Style`].
const STYLES: &str = concat!(
    r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r#"<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="3">"#,
    r#"<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>"#,
    r#"<font><b/><sz val="14"/><name val="Calibri"/><family val="2"/></font>"#,
    r#"<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>"#,
    r#"<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>"#,
    r#"<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"#,
    r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">"#,
    r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#,
    r#"<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>"#,
    r#"<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/>"#,
    r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>"#,
    r#"<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>"#,
    r#"<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_columns_are_counted_as_excel_does() {
        let of = |text: &str| day(text.parse().unwrap());
        assert_eq!(
            (of("2019-11-29").as_deref(), of("1900-03-01").as_deref(), of("1900-02-28")),
            (Some("43798"), Some("61"), None)
        );
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(column), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn a_text_stays_as_it_is() {
        assert_eq!(guarded("_x0041_ _x_ _xyz __x00e9_ 漢_x漢"), "_x005F_x0041_ _x_ _xyz __x005F_x00e9_ 漢_x漢");
        assert_eq!(escaped("<b> & \"x\""), "&lt;b&gt; &amp; &quot;x&quot;");
        assert_eq!(guarded("_x123漢"), "_x123漢");
    }

    #[test]
    fn each_part_is_xml_and_each_text_is_there_once() {
        let mut workbook = Workbook::new();
        for (name, table) in [("Notes", None), ("By point", Some(2))] {
            let form = Form { name: name.to_owned(), widths: vec![9.0, 18.0], table };
            let mut sheet = workbook.sheet(form).unwrap();
            sheet.row([(Value::Text("a"), Style::Header), (Value::Blank, Style::Header)]).unwrap();
            sheet.row([(Value::Blank, Style::Plain)]).unwrap();
            sheet
                .row([(Value::Number("1.5".to_owned()), Style::Plain), (Value::Text("=1+1 <\u{1b}"), Style::Plain)])
                .unwrap();
            sheet.end().unwrap();
        }
        let created = Date::constant(2019, 11, 29);
        let about = About { title: "A & B", subject: "", keywords: "k", author: "me", created };
        let bytes = workbook.finish(about).unwrap();
        let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut read = |name: &str| std::io::read_to_string(parts.by_name(name).unwrap()).unwrap();
        assert!(read("xl/sharedStrings.xml").contains(
            "count=\"4\" uniqueCount=\"2\"><si><t>a</t></si><si><t xml:space=\"preserve\">=1+1 &lt; </t></si>"
        ));
        let sheet = read("xl/worksheets/sheet2.xml");
        assert!(
            sheet.contains("<row r=\"3\"><c r=\"A3\"><v>1.5</v></c><c r=\"B3\" t=\"s\"><v>1</v></c></row>"),
            "{sheet}"
        );
        assert!(sheet.contains("<autoFilter ref=\"A1:B3\"/>") && !sheet.contains("<row r=\"2\""), "{sheet}");
        assert!(read("xl/workbook.xml").contains("'By point'!$A$1:$B$3"));
        let names: Vec<String> = parts.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names.len(), 9);
        for name in names {
            let text = std::io::read_to_string(parts.by_name(&name).unwrap()).unwrap();
            roxmltree::Document::parse(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        }
    }
}
