import Foundation
import Glibc
import TestServers
import TestTraits
import Testing

@Suite("A bad record", .needsServer) struct BadRecordTests {
  /// 900 good records, the third of which has two lines, and bad ones among them.
  private static func mixed() -> (text: String, bad: [String]) {
    let good = (0..<900).map {
      "2024-01-01 \($0 / 60 % 24 < 10 ? "0" : "")\($0 / 60 % 24):\($0 % 60 < 10 ? "0" : "")\($0 % 60)Z,\($0),1.5,"
    }
    var records = good.map { $0 + "x\n" }
    records[2] = good[2] + "\"two\nlines\"\n"
    let bad = [
      "2024-01-01 00:00Z,abc,1.5,x\n", "2024-13-01 00:00Z,1,1.5,x\n", "2024-01-01 00:00Z,1\n",
      "2024-01-01 00:00Z,-5,1.5,\"checked\nby the table\"\n", ",1,1.5,x\n",
      "2024-01-01 00:00Z,1,1.5,x,extra\n",
    ]
    for (number, record) in bad.enumerated() { records.insert(record, at: 10 + number * 140) }
    return (records.joined(), bad)
  }

  private static let setup =
    LoadRig.table + "ALTER TABLE readings ADD CONSTRAINT positive CHECK (device >= 0);"

  @Test(
    "stops the load with file, line and column, and skip and reject go on from there",
    arguments: TestServer.all)
  func policies(server: TestServer) async throws {
    let rig = try await LoadRig.on(server, setup: Self.setup)
    let (text, bad) = Self.mixed()
    let path = try rig.file(text)
    let stopped = try await rig.load(path, exits: 1)
    // Behind ten records, one of which has two lines.
    #expect(stopped.stderr.contains("readings.csv, line 12, column \"device\": "), "\(stopped)")
    #expect(stopped.stderr.contains("22P02") && stopped.stderr.contains("run the same command"), "\(stopped)")
    #expect(try rig.count == 0)
    let rejects = "\(rig.directory.path)/bad.csv"
    let rejected = try await rig.load("--on-error", "reject=\(rejects)", path)
    #expect(rejected.stdout.contains("Rejected 6 records, written to \(rejects)"), "\(rejected)")
    #expect(try rig.count == 900)
    #expect(try rig.directory.text(of: "bad.csv") == bad.joined())
    let reasons = try rig.directory.text(of: "bad.csv.reasons").split(separator: "\n").map {
      $0.split(separator: "\t")
    }
    #expect(reasons.map { $0[1] } == ["12", "152", "292", "432", "573", "713"])
    #expect(reasons.map { $0[3] } == ["22P02", "22008", "22P04", "23514", "23502", "22P04"])
    #expect(reasons[0][2] == "device" && reasons[0][0].hasSuffix("readings.csv"))
    // Mended, they can be loaded.
    try Data("2024-01-01 00:00Z,77,1.5,x\n".utf8).write(to: URL(fileURLWithPath: rejects))
    try await rig.load(rejects)
    #expect(try rig.count == 901)
    try rig.target.execute("TRUNCATE readings")
    let skipped = try await rig.load("--again", "--on-error", "skip", "-p2", path)
    #expect(skipped.stdout.contains("Rejected 6 records\n"), "\(skipped)")
    #expect(try rig.count == 900)
  }

  @Test("is found in a batch of which most are bad, through a table of the session's own too")
  func many() async throws {
    let rig = try await LoadRig.on(TestServer.one.newest(), setup: Self.setup)
    try rig.target.execute("CREATE UNIQUE INDEX ON readings (device, time)")
    let text = (0..<600).map { "2024-01-01 00:00Z,\($0 % 3 == 0 ? $0 : -$0),1,x\n" }.joined()
    let path = try rig.file(text + text)
    let loaded = try await rig.load("--on-error", "skip", "--on-conflict", "skip", path)
    #expect(
      loaded.stdout.contains("Rejected 800 records") && loaded.stdout.contains("Passed over 200 records"))
    #expect(try rig.count == 200)
    try rig.target.execute("TRUNCATE readings")
    let errors = try await rig.load("--again", "--on-error", "skip", path)
    #expect(errors.stdout.contains("Rejected 1000 records"), "\(errors)")
    #expect(try rig.count == 200)
  }

  @Test("is in its file after the disk was full", .needsScarceDisk)
  func fullDisk() async throws {
    let rig = try await LoadRig.on(TestServer.one.newest(), setup: Self.setup)
    let place = "\(rig.directory.path)/small"
    try rig.directory.makeDirectory("small")
    try #require(mount("tmpfs", place, "tmpfs", 0, "size=16k") == 0)
    var isMounted = true
    defer { if isMounted { umount2(place, Int32(MNT_DETACH)) } }
    let text = (0..<2000).map { "2024-01-01 00:00Z,\($0 % 2 == 0 ? "\($0)" : "no \($0)"),1,\n" }.joined()
    let path = try rig.file(text)
    let failed = try await rig.load("--on-error", "reject=\(place)/bad.csv", path, exits: 1)
    #expect(failed.stderr.contains("cannot be written") && failed.stderr.contains("load_reject"), "\(failed)")
    #expect(try rig.count == 1000)
    umount2(place, Int32(MNT_DETACH))
    isMounted = false
    let done = try await rig.load("--on-error", "reject=\(place)/bad.csv", path)
    #expect(done.stdout.contains("Rejected 1000 records"), "\(done)")
    #expect(try rig.count == 1000)
    let rejects = try rig.directory.text(of: "small/bad.csv").split(separator: "\n")
    #expect(rejects.count == 1000 && Set(rejects).count == 1000)
    let nowhere = try await rig.load(
      "--again", "--on-error", "reject=\(rig.directory.path)/none/bad.csv", path, exits: 2)
    #expect(nowhere.stderr.contains("No such file"), "\(nowhere)")
  }
}
