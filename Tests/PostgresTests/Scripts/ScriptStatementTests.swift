import Postgres
import Testing

@Suite("A dump's script") struct ScriptStatementTests {
  static func read(_ script: String) throws -> [ScriptStatement] {
    try #require(ScriptStatement.read(Array(script.utf8)))
  }

  @Test(
    "is taken apart at the semicolons that end a statement",
    arguments: [
      ("none", "SELECT 1;\nSELECT 2;", ["SELECT 1", "SELECT 2"]),
      (
        "in a literal", "ALTER ROLE a PASSWORD 'x;\n''y;\\'; SELECT 2;",
        ["ALTER ROLE a PASSWORD 'x;\n''y;\\'", "SELECT 2"]
      ),
      ("in an escaped literal", #"SELECT E'a\';b'; SELECT 2;"#, [#"SELECT E'a\';b'"#, "SELECT 2"]),
      ("in a name", "CREATE ROLE \"a;\"\"b\n\"; SELECT 2;", ["CREATE ROLE \"a;\"\"b\n\"", "SELECT 2"]),
      ("in comments", "-- a;'b\nSELECT /* ; ' /* ; */ ; */ 1; -- end;", ["SELECT /* ; ' /* ; */ ; */ 1"]),
      (
        "in dollar quotes", "SELECT $$a;'$$, $t1$ $$; $t1$; SELECT 2;",
        ["SELECT $$a;'$$, $t1$ $$; $t1$", "SELECT 2"]
      ),
      ("behind a dollar sign that is part of a word", "SELECT a$b$; SELECT 2;", ["SELECT a$b$", "SELECT 2"]),
      ("empty ones", ";; \n ;SELECT 1;", ["SELECT 1"]),
      ("psql's own", "\\restrict a;b'c\nSELECT 1;\n\\unrestrict a;b'c\n", ["SELECT 1"]),
    ])
  func statements(name: String, script: String, expected: [String]) throws {
    #expect(try Self.read(script).map(\.text) == expected)
  }

  @Test(
    "is refused where something has no end",
    arguments: [
      "SELECT 'a;", "SELECT \"a;", "SELECT $$a;", "SELECT 1 /* ;", "SELECT 1", "SELECT E'a\\';",
    ]) func open(script: String)
  {
    #expect(ScriptStatement.read(Array(script.utf8)) == nil)
  }

  @Test("has names as the server reads them") func names() throws {
    let tokens = try Self.read(#"ALTER ROLE "Über ""x""" in Database ÄB.c SET a TO 'in database';"#)[0].tokens
    #expect(tokens[2].name == Identifier("Über \"x\""))
    #expect(tokens[3].is("IN") && tokens[4].is("DATABASE"))
    #expect(tokens[5].name == Identifier("Äb"))
    #expect(tokens.last?.name == nil)
    #expect(!tokens[2].is("ALTER"))
  }
}

@Suite("Statements of pg_dumpall --roles-only") struct RoleStatementTests {
  private func role(_ text: String) throws -> RoleStatement {
    RoleStatement(try ScriptStatementTests.read(text + ";")[0])
  }

  @Test("are told apart") func kinds() throws {
    guard case .create(let a, _) = try role("CREATE ROLE \"Role\"") else { return #expect(Bool(false)) }
    #expect(a == Identifier("Role"))
    guard case .attributes(let b, _) = try role("ALTER ROLE superuser WITH NOSUPERUSER LOGIN") else {
      return #expect(Bool(false))
    }
    #expect(b == Identifier("superuser"))
    guard case .setting(let c, _) = try role("ALTER ROLE c SET search_path TO 'a', 'with'") else {
      return #expect(Bool(false))
    }
    #expect(c == Identifier("c"))
    guard case .remark(let d, _) = try role("COMMENT ON ROLE d IS 'CREATE ROLE e;'") else {
      return #expect(Bool(false))
    }
    #expect(d == Identifier("d"))
    guard case .membership(let e, _) = try role("GRANT e TO \"to\" WITH ADMIN OPTION GRANTED BY postgres")
    else { return #expect(Bool(false)) }
    #expect(e == .init(role: Identifier("e"), member: Identifier("to")))
    guard case .other = try role("GRANT SET ON PARAMETER work_mem TO f") else { return #expect(Bool(false)) }
    guard case .session = try role("SET client_encoding = 'UTF8'") else { return #expect(Bool(false)) }
  }

  /// What looks like an attribute inside of the password stays.
  @Test("lose what only a superuser can set") func superuserAttributes() throws {
    let statement = try ScriptStatementTests.read(
      "ALTER ROLE replication WITH SUPERUSER INHERIT CREATEDB NOREPLICATION BYPASSRLS PASSWORD 'a NOSUPERUSER''b\n' VALID UNTIL '2030-01-01';"
    )[0]
    #expect(statement.superuserAttributes == ["SUPERUSER", "BYPASSRLS"])
    #expect(statement.has(attribute: "CREATEDB") && !statement.has(attribute: "LOGIN"))
    let left = try #require(statement.withoutAttributes(ofSuperusersAnd: ["CREATEDB"]))
    #expect(
      left.tokens.map(\.text) == [
        "ALTER", "ROLE", "replication", "WITH", "INHERIT", "PASSWORD", "'a NOSUPERUSER''b\n'", "VALID",
        "UNTIL",
        "'2030-01-01'",
      ])
  }

  @Test("lose their grantor") func grantor() throws {
    let statement = try ScriptStatementTests.read(
      "GRANT a TO granted WITH ADMIN OPTION, INHERIT FALSE GRANTED BY \"by\";")[0]
    #expect(statement.grantor == Identifier("by"))
    #expect(
      statement.withoutGrantor?.tokens.map(\.text).joined(separator: " ")
        == "GRANT a TO granted WITH ADMIN OPTION , INHERIT FALSE")
    let none = try ScriptStatementTests.read("GRANT a TO b;")[0]
    #expect(none.grantor == nil && none.withoutGrantor == none)
  }
}

@Suite("Statements of pg_dump --create") struct DatabaseStatementTests {
  @Test(
    "are told apart, and name another database",
    arguments: [
      (
        "CREATE DATABASE metrics WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C'",
        DatabaseStatement.Kind.create,
        "CREATE DATABASE \"new one\" WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C'"
      ),
      (
        "ALTER DATABASE metrics OWNER TO \"App\"", .owner(Identifier("App")),
        "ALTER DATABASE \"new one\" OWNER TO \"App\""
      ),
      (
        "ALTER DATABASE metrics SET \"TimeZone\" TO 'ON DATABASE metrics'",
        .setting(parameter: "TimeZone", role: nil),
        "ALTER DATABASE \"new one\" SET \"TimeZone\" TO 'ON DATABASE metrics'"
      ),
      (
        "ALTER ROLE app IN DATABASE metrics SET work_mem TO '1MB'",
        .setting(parameter: "work_mem", role: Identifier("app")),
        "ALTER ROLE app IN DATABASE \"new one\" SET work_mem TO '1MB'"
      ),
      (
        "ALTER DATABASE metrics CONNECTION LIMIT = 5", .property,
        "ALTER DATABASE \"new one\" CONNECTION LIMIT = 5"
      ),
      (
        "GRANT CREATE,CONNECT ON DATABASE metrics TO metrics", .privilege,
        "GRANT CREATE,CONNECT ON DATABASE \"new one\" TO metrics"
      ),
      (
        "COMMENT ON DATABASE metrics IS 'CREATE DATABASE x;'", .remark,
        "COMMENT ON DATABASE \"new one\" IS 'CREATE DATABASE x;'"
      ),
    ])
  func statements(text: String, kind: DatabaseStatement.Kind, renamed: String) throws {
    let found = try #require(DatabaseStatement(try ScriptStatementTests.read(text + ";")[0]))
    #expect(found.kind == kind)
    #expect(found.renamed(Identifier("new one"))?.text == renamed)
  }

  @Test(
    "are not taken for those about anything else",
    arguments: [
      "SET statement_timeout = 0", "CREATE EXTENSION a", "COMMENT ON EXTENSION a IS 'ON DATABASE metrics'",
      "GRANT ALL ON SCHEMA public TO database", "ALTER ROLE a SET b TO 'c'",
      "UPDATE pg_catalog.pg_database SET datistemplate = true WHERE datname = 'x'",
    ]) func others(text: String) throws
  {
    #expect(DatabaseStatement(try ScriptStatementTests.read(text + ";")[0]) == nil)
  }
}
