import Postgres
import Testing

@Suite("SQL") struct SQLTests {
  @Test("identifiers double the quotes inside") func identifiers() {
    #expect("SELECT \(Identifier("a\"b"))" as SQL == "SELECT \"a\"\"b\"")
  }
}
