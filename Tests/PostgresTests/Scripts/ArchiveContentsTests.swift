import Testing

@testable import Postgres

@Suite("The list of an archive") struct ArchiveContentsTests {
  private static let list = """
    ;
    ; Archive created at 2026-11-30 03:05:26 UTC
    ;     Dumped by pg_dump version: 18.6
    ; Selected TOC Entries:
    ;
    4356; 0 0 ENCODING - ENCODING\u{20}
    280; 1259 17820 TABLE public devices; 1 app
    ;\tdepends on: 1570 16
    4369; 0 0 ACL public TABLE devices app
    ;\tdepends on: 280
    3685; 0 21020 ROW SECURITY public dates app
    not an entry

    """

  @Test("is read with what each entry depends on") func entries() {
    let entries = ArchiveContents(Self.list).entries
    #expect(entries.map(\.number) == [4356, 280, 4369, 3685])
    #expect(entries.map(\.address) == [nil, ObjectAddress(catalog: 1259, object: 17820), nil, nil])
    #expect(entries.map(\.dependencies) == [[], [1570, 16], [280], []])
    #expect(entries[1].line == "280; 1259 17820 TABLE public devices; 1 app")
    #expect(entries[1].text == "TABLE public devices; 1 app")
    #expect(entries[2].isOf("ACL"))
    #expect(!entries[1].isOf("TABLE DATA"))
  }
}
