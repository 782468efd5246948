import TestServers
import TestTraits
import Testing

@testable import chaos

/// Nothing that a migration may break goes past the judge of the chaos rounds.
@Suite("The judge", .needs(TestServer.oneCommunity)) struct JudgeTests {
  struct Tampering: Sendable {
    let name: String
    /// Run as superuser on the target, CHUNK being a chunk of `table`, PACKED its compressed relation.
    let table: String
    let statement: String
    /// What puts it right again.
    let undoing: String
    /// What the judge says.
    let told: String
  }

  private static let row = "'2024-01-01 01:00:01Z', 1, 5, 'extra'"

  static let tamperings = [
    Tampering(
      name: "a row of the source from beyond the window", table: "plain",
      statement: "INSERT INTO plain VALUES ('2024-01-01 05:45:00Z', 1, 1704087900, 'x')",
      undoing: "DELETE FROM plain WHERE note = 'x'", told: "live rows of plain"),
    Tampering(
      name: "a live row twice", table: "plain",
      statement: "INSERT INTO plain SELECT * FROM plain WHERE note = 'live'",
      undoing: "DELETE FROM plain WHERE note = 'live'; \(Ground.liveRow("plain", number: 0))",
      told: "live rows of plain"),
    Tampering(
      name: "a live row less", table: "spaced",
      statement: "UPDATE spaced SET note = 'lived' WHERE note = 'live'",
      undoing: "UPDATE spaced SET note = 'live' WHERE note = 'lived'", told: "live rows of spaced"),
    Tampering(
      name: "a live row that is gone", table: "plain", statement: "DELETE FROM plain WHERE note = 'live'",
      undoing: Ground.liveRow("plain", number: 0), told: "live rows of plain"),
    Tampering(
      name: "a row more", table: "plain", statement: "INSERT INTO plain VALUES (\(row))",
      undoing: "DELETE FROM plain WHERE note = 'extra'", told: "plain where"),
    Tampering(
      name: "a value changed", table: "large",
      statement: "UPDATE large SET value = value + 1 WHERE device = 3 AND time = '2024-01-01 00:00:18Z'",
      undoing: "UPDATE large SET value = value - 1 WHERE device = 3 AND time = '2024-01-01 00:00:18Z'",
      told: "large where"),
    Tampering(
      name: "an index less", table: "plain",
      statement: """
        DO $$ BEGIN EXECUTE (SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index
          WHERE indrelid = 'CHUNK'::regclass AND pg_get_indexdef(indexrelid) LIKE '%(note)'); END $$
        """, undoing: "CREATE INDEX ON CHUNK (note); ", told: "structure"),
    Tampering(
      name: "another storage option", table: "plain", statement: "ALTER TABLE CHUNK SET (fillfactor = 70)",
      undoing: "ALTER TABLE CHUNK RESET (fillfactor)", told: "structure"),
    Tampering(
      name: "a trigger turned off", table: "watched",
      statement:
        "CREATE TRIGGER foreign_one BEFORE INSERT ON CHUNK FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
      undoing: "DROP TRIGGER foreign_one ON CHUNK", told: "structure"),
    Tampering(
      name: "rows that the chunk's status hides", table: "partly",
      statement: "UPDATE _timescaledb_catalog.chunk SET status = 1 WHERE status = 9",
      undoing:
        "UPDATE _timescaledb_catalog.chunk SET status = 9 WHERE status = 1 AND id IN (SELECT id FROM public.were_partial)",
      told: "partly where"),
    Tampering(
      name: "the time range of a batch that leaves rows out", table: "packed",
      statement: emptyRanges(of: "timestamptz"), undoing: rangesAgain, told: "packed where"),
    Tampering(
      name: "the range of names of a batch that leaves rows out", table: "named",
      statement: emptyRanges(of: "text"), undoing: rangesAgain, told: "by index"),
    Tampering(
      name: "another option of the compressed relation", table: "packed",
      statement: "ALTER TABLE PACKED SET (fillfactor = 70)", undoing: "ALTER TABLE PACKED RESET (fillfactor)",
      told: "stored otherwise"),
    Tampering(
      name: "an index of the compressed relation less", table: "packed",
      statement: """
        CREATE TABLE public.dropped AS SELECT pg_get_indexdef(indexrelid) AS d FROM pg_index WHERE indrelid = 'PACKED'::regclass LIMIT 1;
        DO $$ BEGIN EXECUTE (SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index
          WHERE indrelid = 'PACKED'::regclass AND pg_get_indexdef(indexrelid) = (SELECT d FROM public.dropped)); END $$
        """,
      undoing: "DO $$ BEGIN EXECUTE (SELECT d FROM public.dropped); END $$", told: "stored otherwise"),
  ]

  /// Ends the ranges that batches note of columns of a type where they begin.
  private static func emptyRanges(of type: String) -> String {
    """
    CREATE TABLE public.batches AS SELECT * FROM PACKED;
    DO $$
    DECLARE c record;
    BEGIN
      FOR c IN SELECT u.attname AS upper, l.attname AS lower FROM pg_attribute AS u
        JOIN pg_attribute AS l ON l.attrelid = u.attrelid
          AND l.attname = replace(replace(u.attname, 'max', 'min'), 'last', 'first')
        WHERE u.attrelid = 'PACKED'::regclass AND u.attname ~ '^_ts_meta_.*(max|last)'
          AND u.atttypid = '\(type)'::regtype
      LOOP
        EXECUTE format('UPDATE PACKED SET %I = %I', c.upper, c.lower);
      END LOOP;
    END $$
    """
  }

  private static let rangesAgain =
    "DELETE FROM PACKED; INSERT INTO PACKED SELECT * FROM public.batches; DROP TABLE public.batches"

  @Test("sees everything that is wrong with a target", arguments: TestServer.oneCommunity)
  func tampered(server: TestServer) async throws {
    let stand = try await Stand(on: server)
    let round = try await Round(seed: 1, faults: [], text: .same, on: stand)
    let before = try await round.migrate()
    try await round.judge(structureBefore: before)
    let session = try SQLSession(connectionString: await round.target.superuserConnectionString)
    for tampering in Self.tamperings {
      let (chunk, packed) = try chunk(of: tampering.table, on: session)
      func statement(_ text: String) -> String {
        text.replacing("CHUNK", with: chunk).replacing("PACKED", with: packed)
      }
      if tampering.statement.contains("status = 1") {
        try session.execute(
          "CREATE TABLE public.were_partial AS SELECT id FROM _timescaledb_catalog.chunk WHERE status = 9")
      }
      try session.execute(statement(tampering.statement))
      let told = await verdict(of: round, structureBefore: before)
      #expect(told?.contains(tampering.told) == true, "\(tampering.name): \(told ?? "went past the judge")")
      try session.execute(statement(tampering.undoing))
    }
    try await round.judge(structureBefore: before)
  }

  /// What the judge has to say against the target; nil for nothing.
  private func verdict(of round: Round, structureBefore before: Structure) async -> String? {
    do {
      try await round.judge(structureBefore: before)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func chunk(of table: String, on session: SQLSession) throws -> (String, String) {
    let chunk = try #require(
      try session.query(
        """
        SELECT format('%I.%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks
        WHERE hypertable_name = '\(table)' ORDER BY range_start LIMIT 1
        """
      ).first?[0])
    let packed = try session.query(
      """
      SELECT coalesce((SELECT to_jsonb(s) ->> 'compress_relid' FROM _timescaledb_catalog.compression_settings AS s
        WHERE s.relid = '\(chunk)'::regclass), 'none')
      """
    ).first?[0]
    return (chunk, packed ?? "none")
  }
}
