import Postgres
import Testing

@testable import BackfillCommands

@Suite("The roles that the target gets") struct RolePlanTests {
  private static let script = """
    SET client_encoding = 'UTF8';
    CREATE ROLE app;
    ALTER ROLE app WITH NOSUPERUSER INHERIT NOCREATEROLE CREATEDB LOGIN NOREPLICATION NOBYPASSRLS PASSWORD 'a;b';
    COMMENT ON ROLE app IS 'x';
    CREATE ROLE postgres;
    ALTER ROLE postgres WITH SUPERUSER INHERIT LOGIN REPLICATION PASSWORD 'source''s';
    CREATE ROLE reader;
    ALTER ROLE reader WITH NOSUPERUSER NOLOGIN BYPASSRLS;
    ALTER ROLE app SET work_mem TO '1MB';
    ALTER ROLE postgres SET work_mem TO '2MB';
    GRANT reader TO app WITH ADMIN OPTION GRANTED BY postgres;
    GRANT reader TO postgres GRANTED BY app;
    GRANT SET ON PARAMETER work_mem TO app;
    """

  private func plan(
    _ target: RolePlan.Target, bootstrap: String = "postgres", hasPasswords: Bool = true
  ) throws -> RolePlan {
    let script = try #require(ScriptStatement.read(Array(Self.script.utf8)))
    return RolePlan(
      script.map(RoleStatement.init), target: target, bootstrapSuperuser: Identifier(bootstrap),
      hasPasswords: hasPasswords)
  }

  private func texts(_ plan: RolePlan) -> [String] { plan.changes.map(\.statement.text) }

  @Test("are those that it lacks; what it has keeps password, attributes and settings") func existing() throws
  {
    let plan = try plan(.init(roles: [Identifier("postgres")]))
    #expect(plan.created == [Identifier("app"), Identifier("reader")])
    #expect(plan.kept == [Identifier("postgres")])
    #expect(
      texts(plan) == [
        "CREATE ROLE app",
        "ALTER ROLE app WITH NOSUPERUSER INHERIT NOCREATEROLE CREATEDB LOGIN NOREPLICATION NOBYPASSRLS PASSWORD 'a;b'",
        "COMMENT ON ROLE app IS 'x'", "CREATE ROLE reader",
        "ALTER ROLE reader WITH NOSUPERUSER NOLOGIN BYPASSRLS", "ALTER ROLE app SET work_mem TO '1MB'",
        "GRANT reader TO app WITH ADMIN OPTION", "GRANT reader TO postgres GRANTED BY app",
        "GRANT SET ON PARAMETER work_mem TO app",
      ])
    #expect(plan.changes.allSatisfy { $0.refusable == nil })
    #expect(plan.withoutPassword.isEmpty && plan.leftOut.isEmpty)
  }

  @Test("get the memberships that are missing") func memberships() throws {
    let all: Set = [Identifier("app"), Identifier("postgres"), Identifier("reader")]
    let there = RoleStatement.Membership(role: Identifier("reader"), member: Identifier("app"))
    let plan = try plan(.init(roles: all, memberships: [there]), bootstrap: "boss")
    #expect(
      texts(plan) == ["GRANT reader TO postgres GRANTED BY app", "GRANT SET ON PARAMETER work_mem TO app"])
    #expect(plan.memberships == 1 && plan.created.isEmpty)
  }

  @Test("lose what only a superuser may set where the target is managed") func managed() throws {
    let plan = try plan(
      .init(roles: [Identifier("postgres")], isManaged: true, mayCreateDatabases: false))
    #expect(
      plan.changes.map { $0.statement.tokens.map(\.text).joined(separator: " ") } == [
        "CREATE ROLE app", "ALTER ROLE app WITH INHERIT NOCREATEROLE LOGIN PASSWORD 'a;b'",
        "CREATE ROLE reader",
        "ALTER ROLE reader WITH NOLOGIN", "ALTER ROLE app SET work_mem TO '1MB'",
        "GRANT reader TO app WITH ADMIN OPTION", "GRANT reader TO postgres",
        "GRANT SET ON PARAMETER work_mem TO app",
      ])
    let refusable = plan.changes.compactMap(\.refusable)
    #expect(
      refusable == [
        .roleSetting(Identifier("app")), .membership(role: Identifier("reader"), member: Identifier("app")),
        .membership(role: Identifier("reader"), member: Identifier("postgres")), .parameterPrivilege,
      ])
    #expect(plan.leftOut.map(\.role) == [Identifier("app"), Identifier("reader")])
    #expect(plan.leftOut.map(\.attributes) == [["CREATEDB"], ["BYPASSRLS"]])
  }

  @Test("that may log in are named where hashes can't be read") func passwords() throws {
    let plan = try plan(.init(roles: [Identifier("postgres")]), hasPasswords: false)
    #expect(plan.withoutPassword == [Identifier("app")])
  }
}

@Suite("The target's database") struct DatabasePlanTests {
  private static let script = """
    CREATE DATABASE metrics WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C.UTF-8';
    ALTER DATABASE metrics OWNER TO "App";
    COMMENT ON DATABASE metrics IS 'x';
    ALTER DATABASE metrics SET work_mem TO '1MB';
    ALTER ROLE app IN DATABASE metrics SET "TimeZone" TO 'UTC';
    GRANT CONNECT ON DATABASE metrics TO app;
    CREATE EXTENSION timescaledb;
    """

  private func plan(_ existing: Set<DatabasePlan.Setting>?, isManaged: Bool = false) throws -> DatabasePlan {
    let script = try #require(ScriptStatement.read(Array(Self.script.utf8)))
    return DatabasePlan(
      script.compactMap(DatabaseStatement.init), name: Identifier("m"), existing: existing,
      isManaged: isManaged)
  }

  @Test("is made with its owner, settings and privileges, under the target's name") func new() throws {
    let plan = try plan(nil)
    #expect(
      plan.creation?.text
        == #"CREATE DATABASE "m" WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C.UTF-8' OWNER = "App""#
    )
    #expect(
      plan.changes.map(\.statement.text) == [
        #"COMMENT ON DATABASE "m" IS 'x'"#, #"ALTER DATABASE "m" SET work_mem TO '1MB'"#,
        #"ALTER ROLE app IN DATABASE "m" SET "TimeZone" TO 'UTC'"#, #"GRANT CONNECT ON DATABASE "m" TO app"#,
      ])
  }

  @Test("keeps what it sets itself") func existing() throws {
    let own: Set<DatabasePlan.Setting> = [
      .init(parameter: "timezone", role: Identifier("app")),
      .init(parameter: "work_mem", role: Identifier("app")),
    ]
    let plan = try plan(own)
    #expect(plan.creation == nil)
    #expect(
      plan.changes.map(\.statement.text) == [
        #"ALTER DATABASE "m" SET work_mem TO '1MB'"#, #"GRANT CONNECT ON DATABASE "m" TO app"#,
      ])
  }

  @Test("gets no privileges where it is managed, and may refuse settings") func managed() throws {
    let plan = try plan([], isManaged: true)
    #expect(plan.changes.map(\.refusable) == [.databaseSetting("work_mem"), .databaseSetting("TimeZone")])
  }
}
