import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import Waiting

@Suite(
  "A connection", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct ConnectionTests {
  @Test("says what it is for, and which server it is to") func opened() async throws {
    let server = try #require(TestServer.newest)
    try await TestDatabase.plain().withConnection { connection throws in
      #expect(connection.server.major == server.pgMajor)
      #expect(try connection.value("SHOW application_name") == "timescaledb-backfill test")
      #expect(connection.isUsable == true)
      #expect(connection.isInTransaction == false)
    }
  }

  @Test("takes both forms of string") func forms() async throws {
    let database = try await TestDatabase.plain()
    let user = TestCluster.appUser
    for text in [database.connectionString, database.keywordString] {
      let string = try ConnectionString(text)
      let found = try await DedicatedThread.run { () throws(any Error) in
        try Connection.open(string, side: .target, settings: .none, purpose: "x", interrupt: Interrupt())
          .value(
            "SELECT current_user")
      }
      #expect(found == user)
    }
  }

  @Test("carries the server's error whole, and can be used on") func errorFields() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      try connection.run(
        #"CREATE TABLE public."my t" (id int CONSTRAINT "the key" PRIMARY KEY); INSERT INTO public."my t" VALUES (1)"#
      )
      let error = try #require(
        try postgresError {
          try connection.execute(#"INSERT INTO public."my t" VALUES (1)"#, doing: "inserting")
        })
      #expect(error.kind == .refusedByServer)
      #expect(error.side == .source)
      #expect(error.operation == "inserting")
      #expect(error.sqlState == "23505")
      #expect(error.detail == "Key (id)=(1) already exists.")
      #expect(error.relation == QualifiedName("public", "my t"))
      #expect(error.constraint == "the key")
      #expect(error.message?.contains("the key") == true)
      #expect(try connection.answers())
    }
  }

  @Test("hands out the results of a batch one after the other") func batch() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      try connection.send(
        "SELECT 1; CREATE TEMP TABLE t (i int); SELECT 2 UNION ALL SELECT 3; INSERT INTO t VALUES (1); SELECT 4 WHERE false; SELECT 5",
        doing: "testing")
      let number: (Row) throws(PostgresError) -> Int64 = { row throws(PostgresError) in try row.integer(0) }
      #expect(try connection.nextRows(doing: "testing", number) == [1])
      #expect(try connection.nextRows(doing: "testing", number) == [2, 3])
      #expect(try connection.nextRows(doing: "testing", number) == [])
      #expect(try connection.nextRows(doing: "testing", number) == [5])
      #expect(try connection.nextRows(doing: "testing", number) == [])
      #expect(try connection.answers())
    }
  }

  @Test("answers a batch with the rows of its last statement that has any") func lastRows() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      #expect(try connection.values("SELECT 1; SELECT 2; SET lock_timeout = 0") == ["2"])
      #expect(try connection.values("SELECT 1; SELECT 2 WHERE false") == [])
      #expect(try connection.values("SET lock_timeout = 0") == [])
      #expect(try connection.values("") == [])
    }
  }

  @Test("stops a batch at its first error, and undoes all of it") func errorInTheMiddle() async throws {
    try await TestDatabase.plain().withConnection { connection throws in
      let error = try postgresError {
        try connection.run(
          "CREATE TABLE public.one (); SELECT 1/0; CREATE TABLE public.two (); SELECT 'x'::int")
      }
      #expect(error?.sqlState == "22012")
      #expect(
        try connection.value("SELECT to_regclass('public.one') IS NULL AND to_regclass('public.two') IS NULL")
          == "t")
      #expect(connection.isInTransaction == false)
    }
  }

  @Test("hands out what came before an error, then throws it, then is done") func beforeTheError()
    async throws
  {
    try await TestDatabase.plain().withConnection { connection throws in
      try connection.send("SELECT 1; SELECT 1/0; SELECT 3", doing: "testing")
      let number: (Row) throws(PostgresError) -> Int64 = { row throws(PostgresError) in try row.integer(0) }
      #expect(try connection.nextRows(doing: "testing", number) == [1])
      let error = try postgresError { _ = try connection.nextRows(doing: "testing", number) }
      #expect(error?.sqlState == "22012")
      #expect(try connection.nextRows(doing: "testing", number) == [])
      #expect(try connection.answers())
    }
  }

  @Test("knows whether a transaction is open, failed or not, and rolls it back") func transactions()
    async throws
  {
    try await TestDatabase.plain().withConnection { connection throws in
      try connection.run("BEGIN")
      #expect(connection.isInTransaction == true)
      _ = try postgresError { try connection.run("SELECT 1/0") }
      #expect(connection.isInTransaction == true)
      connection.rollBack()
      #expect(connection.isInTransaction == false)
      connection.rollBack()
      #expect(try connection.answers())
    }
  }
}
