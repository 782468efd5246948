import Foundation
import TestServers
import Testing

@Suite("Damaged archives", .needsServer) struct ArchiveDamageTests {
  private func exported(on server: TestServer) async throws -> ArchiveRig {
    let rig = try ArchiveRig(try await ArchivedTable.migration(on: server))
    try await rig.export()
    return rig
  }

  @Test("a flipped bit in every file of rows is found, and nothing of it stays", arguments: TestServer.ends)
  func flippedBits(server: TestServer) async throws {
    let rig = try ArchiveRig(try await ArchivedTable.migration(on: server))
    try await rig.export("--rows")
    let files = try rig.files(".copy.zst")
    let whole = try files.map(rig.bytes)
    // The first three are left as they are: the others go on without them.
    for (number, file) in files.enumerated().dropFirst(3) {
      var damaged = whole[number]
      damaged[damaged.count * (number + 1) / (files.count + 2)] ^= 0x10
      try rig.put(damaged, to: file)
    }
    let failed = try await rig.import(exits: 1)
    #expect(failed.stderr.contains("5 chunks failed"), "\(failed)")
    #expect(failed.stderr.contains("damaged"), "\(failed)")
    #expect(try rig.target.tasks(where: "worked IS NOT NULL") == 3)
    let days = try rig.target.value("SELECT count(DISTINCT time::date) FROM m")
    #expect(days == "3")
    try await rig.import(exits: 1)
    for (number, file) in files.enumerated() { try rig.put(whole[number], to: file) }
    try await rig.import()
    try await rig.verify()
    try rig.expectSame("m")
  }

  @Test("files that are cut off, missing, exchanged or another's fail", arguments: TestServer.one)
  func exchanged(server: TestServer) async throws {
    let rig = try ArchiveRig(try await ArchivedTable.migration(on: server))
    try await rig.export("--rows")
    let other = try ArchiveRig(from: rig.source, to: rig.target)
    try await other.export("--rows")
    let (data, texts) = (try rig.files(".copy.zst"), try rig.descriptions())
    let whole = try (data + texts).map { ($0, try rig.bytes(of: $0)) }
    // Staged, and then a directory in which everything went wrong.
    let staged = try await rig.importer.run(["import", "--input", rig.archive, "-p1"])
    #expect(staged.exitCode == 0, "\(staged)")
    try rig.target.execute("UPDATE __backfill.task SET worked = NULL; TRUNCATE m")
    try rig.put(try rig.bytes(of: data[0]).dropLast(9), to: data[0])
    try rig.remove(data[1])
    try rig.put(whole[3].1, to: data[2])
    try rig.put(try rig.bytes(of: texts[4]), to: texts[3])
    try rig.put(try other.bytes(of: texts[5]), to: texts[5])
    try rig.put(Data("{".utf8), to: texts[6])
    let failed = try await rig.import(exits: 1)
    for fact in [
      "6 chunks failed", "is missing from the archive", "describes something else",
      "belongs to another archive",
      "it is no JSON", "not what was exported",
    ] { #expect(failed.stderr.contains(fact), "\(fact): \(failed)") }
    #expect(try rig.target.value("SELECT count(DISTINCT time::date) FROM m") == "2")
    for (file, bytes) in whole { try rig.put(bytes, to: file) }
    try await rig.import()
    try rig.expectSame("m")
  }

  @Test("what is no whole archive is refused before anything is written", arguments: TestServer.one)
  func unfinished(server: TestServer) async throws {
    let rig = try await exported(on: server)
    let manifest = try rig.bytes(of: "manifest.json")
    let file = try #require(try rig.descriptions().first)
    let described = try rig.bytes(of: file)
    try rig.remove(file)
    let unfinished = try await rig.import(exits: 1)
    #expect(unfinished.stderr.contains("1 of 8 files missing"), "\(unfinished)")
    try rig.put(described, to: file)
    for (text, fact) in [
      ("{\"kind\": \"something\"}", "is not the manifest of an archive"),
      (
        String(decoding: manifest, as: UTF8.self).replacing("\"format\": 2", with: "\"format\": 3"),
        "is of format 3"
      ),
      (String(decoding: manifest.dropLast(40), as: UTF8.self), "it is no JSON"),
      (
        String(decoding: manifest, as: UTF8.self).replacing("\"files\"", with: "\"fills\""),
        "its member \"files\""
      ),
    ] {
      try rig.put(Data(text.utf8), to: "manifest.json")
      let refused = try await rig.import(exits: 1)
      #expect(refused.stderr.contains(fact), "\(fact): \(refused)")
    }
    #expect(try rig.target.value("SELECT to_regnamespace('__backfill') IS NULL") == "t")
    try rig.put(manifest, to: "manifest.json")
    try await rig.import()
    try rig.expectSame("m")
  }

  @Test("rows that changed on the target are found by verify", arguments: TestServer.ends)
  func differences(server: TestServer) async throws {
    let rig = try await exported(on: server)
    try await rig.import()
    try rig.target.execute("UPDATE m SET txt = 'other' WHERE time = '2024-01-07 05:00Z' AND dev = 2")
    let differs = try await rig.verify(exits: 3)
    #expect(differs.stdout.contains("1 chunk differs"), "\(differs)")
    #expect(try rig.target.tasks(where: "verified IS NOT NULL") == 7)
    try rig.target.execute("DELETE FROM m WHERE time = '2024-01-07 05:00Z' AND dev = 2")
    let lacks = try await rig.verify(exits: 3)
    #expect(lacks.stdout.contains("120 rows on the source, 119 on the target"), "\(lacks)")
  }

  /// An archive of m with a day's chunk missing; the target has two rows of that day, and one behind the window.
  private func exportedWithGap(on server: TestServer, tieringBy statement: String = "") async throws
    -> ArchiveRig
  {
    let migration = try await ArchivedTable.migration(on: server)
    try migration.source.execute(
      "SELECT drop_chunks('m', '2024-01-04Z'::timestamptz, '2024-01-03Z'::timestamptz)")
    if !statement.isEmpty { try migration.source.executeAsSuperuser(statement) }
    let rig = try ArchiveRig(migration)
    try await rig.export("--until", "2024-01-08")
    let others = ["2024-01-03 10:00Z", "2024-01-03 11:00Z", "2024-01-08 10:00Z"].map { "('\($0)', 9)" }
    try rig.target.execute("INSERT INTO m (time, dev) VALUES \(others.joined(separator: ", "))")
    try await rig.import()
    return rig
  }

  @Test("rows of the target where the archive has none are found by verify", arguments: TestServer.ends)
  func strays(server: TestServer) async throws {
    let rig = try await exportedWithGap(on: server)
    // Also when there is nothing left to compare.
    for _ in 1...2 {
      let found = try await rig.verify(exits: 3)
      let told = "the archive does not have, from 2024-01-03 10:00:00+00 to 2024-01-03 11:00:00+00 (rows: 2)"
      #expect(found.stderr.contains(told), "\(found)")
    }
    // The statement that it tells removes them, and nothing else.
    let found = try await rig.verify(exits: 3)
    try rig.target.deleteStrays(asToldBy: found)
    try await rig.verify()
    #expect(try rig.target.value("SELECT count(*) FROM m WHERE dev = 9") == "1")
    try rig.expectSame("m", where: "time < '2024-01-08Z'")
  }

  @Test(
    "rows of the target that the source may have in object storage are no difference",
    arguments: TestServer.one)
  func tiered(server: TestServer) async throws {
    let rig = try await exportedWithGap(
      on: server,
      tieringBy: TieredChunk.attaching(
        to: "m",
        columns: """
          time timestamptz NOT NULL, dev int NOT NULL, val numeric, doc jsonb, feeling mood, txt text,
          twice int GENERATED ALWAYS AS (dev * 2) STORED
          """))
    try await rig.verify()
  }

  @Test(
    "a target that isn't like the source is refused, also when it was changed after staging",
    arguments: TestServer.one)
  func altered(server: TestServer) async throws {
    let rig = try await exported(on: server)
    try rig.target.execute("ALTER TABLE m ADD COLUMN extra int")
    let refused = try await rig.import(exits: 1)
    #expect(refused.stderr.contains("extra"), "\(refused)")
    try rig.target.execute("ALTER TABLE m DROP COLUMN extra")
    try await rig.import()
    try rig.target.execute("UPDATE __backfill.task SET worked = NULL; ALTER TABLE m ADD COLUMN later int")
    let changed = try await rig.import(exits: 1)
    #expect(changed.stderr.contains("8 chunks failed"), "\(changed)")
    #expect(changed.stderr.contains("later"), "\(changed)")
    try rig.target.execute(
      "ALTER TABLE m DROP COLUMN later; SELECT drop_chunks('m', older_than => '2024-01-04Z'::timestamptz)")
    try await rig.import()
    try rig.expectSame("m")
  }

  @Test("a queue of something else is left alone", arguments: TestServer.one)
  func otherQueue(server: TestServer) async throws {
    let rig = try await exported(on: server)
    let migration = Migration(from: rig.source, to: rig.target)
    try await migration.run("stage", "--until", "2024-01-04")
    let refused = try await rig.import(exits: 1)
    #expect(refused.stderr.contains("was not staged from the archive"), "\(refused)")
    let unverified = try await rig.verify(exits: 1)
    #expect(unverified.stderr.contains("was not staged from the archive"), "\(unverified)")
    #expect(try rig.target.value("SELECT count(*) FROM m") == "0")
    try await migration.run("clean", "--force")
    try await rig.import()
    try rig.expectSame("m")
  }
}
