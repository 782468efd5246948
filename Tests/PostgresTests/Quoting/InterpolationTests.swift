import Postgres
import TestConnections
import Testing

@Suite("What is put into SQL") struct InterpolationTests {
  static let hostile = "x'; DROP TABLE t; --"

  @Test("a String becomes a literal") func string() {
    #expect("SELECT \(Self.hostile)" as SQL == "SELECT 'x''; DROP TABLE t; --'")
  }

  @Test("a String? becomes a literal or NULL") func optionalString() {
    let some: String? = Self.hostile
    let none: String? = nil
    #expect("SELECT \(some), \(none)" as SQL == "SELECT 'x''; DROP TABLE t; --', NULL")
  }

  @Test("an identifier's bare name becomes a literal, not a name") func bareName() {
    #expect("SELECT \(Identifier("time").name)" as SQL == "SELECT 'time'")
  }

  @Test("a name's description becomes a literal, as regclass reads it") func regclass() {
    #expect("\(QualifiedName("a", "b'c").description)::regclass" as SQL == #"'"a"."b''c"'::regclass"#)
  }

  @Test("an identifier and a qualified name quote themselves") func names() {
    #expect("\(Identifier("a\"b")) \(QualifiedName("s", "t"))" as SQL == #""a""b" "s"."t""#)
  }

  @Test("SQL stays as it is, also in the middle") func sql() {
    let condition: SQL = "x > \(1)"
    #expect("WHERE \(condition) AND y" as SQL == "WHERE x > 1 AND y")
    #expect("a" + "b" as SQL == "ab")
  }

  @Test("numbers are bare, negative ones in parentheses") func numbers() {
    let none: Int64? = nil
    let some: Int64? = -5
    #expect("\(7) \(-7) \(UInt8(255)) \(some) \(none)" as SQL == "7 (-7) 255 (-5) NULL")
    #expect("\(Int64.min)::int8" as SQL == "(-9223372036854775808)::int8")
  }

  @Test("flags are keywords") func flags() {
    #expect("\(true) \(false)" as SQL == "true false")
  }

  @Test("a filter is a WHERE clause, or nothing") func filter() {
    #expect(SQL.filter("a = \("b")") == " WHERE a = 'b'")
    #expect(SQL.filter(nil) == "")
  }

  @Test(
    "pieces are joined",
    arguments: [
      Case("none", [], ""), Case("one", ["a"], "a"), Case("three", ["a", "b", "c"], "a, b, c"),
    ] as [Case<[SQL], SQL>])
  func joined(_ row: Case<[SQL], SQL>) {
    #expect(row.input.joined(separator: ", ") == row.expected)
  }
}
