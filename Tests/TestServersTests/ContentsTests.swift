import TestServers
import TestTraits
import Testing

/// The comparison that most tests rest on.
@Suite("Contents of a relation", .needs(TestServer.all)) struct ContentsTests {
  private static let setup = """
    CREATE TABLE original (id int, note text, amount float8, at timestamptz);
    INSERT INTO original SELECT n, CASE WHEN n % 3 > 0 THEN 'note ' || n END, n / 7.0, '2024-01-01Z'::timestamptz + n * interval '1 s'
    FROM generate_series(1, 50) AS n;
    CREATE TABLE changed AS TABLE original;
    """

  @Test("are the same for the same rows in another order and of other columns' order")
  func same() async throws {
    let database = try await TestDatabase.plain(
      setup: Self.setup + "CREATE TABLE moved AS SELECT at, amount, note, id FROM original ORDER BY id DESC")
    let contents = try database.contents(of: "original")
    #expect(contents.rows == 50)
    #expect(try database.contents(of: "moved") == contents)
    #expect(try database.contents(of: "original", where: "id < 10") != contents)
  }

  @Test(
    "tell every difference",
    arguments: [
      "DELETE FROM changed WHERE id = 7", "INSERT INTO changed SELECT * FROM changed WHERE id = 7",
      "DELETE FROM changed WHERE id = 7; INSERT INTO changed SELECT * FROM changed WHERE id = 8",
      "UPDATE changed SET amount = amount + 1e-12 WHERE id = 7", "UPDATE changed SET note = '' WHERE id = 3",
      "UPDATE changed SET note = 'NULL' WHERE id = 3",
      "UPDATE changed SET at = at + interval '1 us' WHERE id = 7",
      "UPDATE changed AS c SET note = o.note FROM original AS o WHERE c.id + o.id = 9",
      "TRUNCATE changed", "ALTER TABLE changed ADD extra int",
    ])
  func different(_ change: String) async throws {
    let database = try await TestDatabase.plain(setup: Self.setup)
    #expect(try database.contents(of: "changed") == database.contents(of: "original"))
    try database.execute(change)
    #expect(try database.contents(of: "changed") != database.contents(of: "original"))
  }
}
