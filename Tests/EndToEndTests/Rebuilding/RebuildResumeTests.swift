import Foundation
import TestServers
import TestTraits
import Testing

@Suite("schema --rebuild, ended on its way and run again", .needs(TestServer.oneWithClients))
struct RebuildResumeTests {
  private static let setup = MovedDatabase.setup + MovedDatabase.communitySetup

  /// The call of a client program at which this program is killed, before or after it.
  enum Moment: CaseIterable, Sendable, CustomTestStringConvertible {
    case dump, list, tables, constraints, late

    var testDescription: String { "\(self)" }

    var manner: [String: ClientDirectory.Manner] {
      let (program, word) =
        switch self {
        case .dump: ("pg_dump", "definitions")
        case .list: ("pg_restore", "--list")
        case .tables: ("pg_restore", "section=pre-data")
        case .constraints: ("pg_restore", "section=post-data")
        case .late: ("pg_restore", "/late")
        }
      return [
        program: .instead("case \"$*\" in *\(word)*) kill -9 $PPID; exit 1;; esac; exec $program \"$@\"")
      ]
    }
  }

  @Test("comes to the same end wherever it was killed", .needsCommunity, arguments: Moment.allCases)
  func killed(moment: Moment) async throws {
    let server = try TestServer.communityEndsWithClients.newest()
    let rig = try await SchemaRig(
      on: server, setup: Self.setup, administration: MovedDatabase.administration)
    let programs = try ClientDirectory(of: server, moment.manner)
    let running = try rig.process().start(["schema", "--rebuild", "--pg-bin", programs.path])
    let ended = try await running.wait()
    #expect(ended.ending == .signaled(SIGKILL), "\(moment): \(ended)")
    #expect(try rig.targetSession().query("SELECT to_regclass('devices') IS NULL") == [["t"]])
    _ = try await rig.schema("--rebuild")
    #expect(try await RebuiltSchema.differences(of: rig) == RebuiltSchema.granted)
    try rig.expectSame(["SELECT * FROM devices ORDER BY 1"])
  }

  @Test("what it leaves behind is named", .needsCommunity) func left() async throws {
    let server = try TestServer.communityEndsWithClients.newest()
    let rig = try await SchemaRig(
      on: server, setup: ["SELECT lo_from_bytea(0, '\\x01')"],
      administration: """
        CREATE SCHEMA notes; CREATE TABLE notes.own (a int); INSERT INTO notes.own VALUES (1), (2);
        ALTER EXTENSION plpgsql ADD TABLE notes.own;
        UPDATE pg_extension SET extconfig = ARRAY['notes.own'::regclass::oid], extcondition = ARRAY['WHERE a > 1']
        WHERE extname = 'plpgsql'
        """)
    let outcome = try await rig.schema("--rebuild")
    #expect(outcome.stderr.contains("the source's 1 large object is left out"), "\(outcome)")
    #expect(outcome.stderr.contains(#"tables of extensions are left out: "notes"."own""#), "\(outcome)")
  }

  @Test("a job that can't be made is named, and all else is there", .needsCommunity) func refusedJob()
    async throws
  {
    let server = try TestServer.communityEndsWithClients.newest()
    let rig = try await SchemaRig(
      on: server, setup: Self.setup, administration: MovedDatabase.administration)
    // Its function says no from now on.
    try rig.sourceSession().execute(
      """
      CREATE FUNCTION plant.never(config jsonb) RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$;
      SELECT add_job('plant.tidy', '1 day', config => '{"a": 1}', check_config => 'plant.never');
      CREATE OR REPLACE FUNCTION plant.never(config jsonb) RETURNS void LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'never'; END $$;
      """)
    let outcome = try await rig.schema("--rebuild")
    #expect(
      outcome.stderr.contains(
        #"warning: the target refused the job "plant"."tidy", which is left out: never"#),
      "\(outcome)")
    let count = "SELECT count(*) FROM _timescaledb_config.bgw_job WHERE id >= 1000"
    let jobs = try #require(try rig.sourceSession().query(count).first?.first ?? nil)
    #expect(try rig.targetSession().query(count) == [["\((Int(jobs) ?? 0) - 1)"]])
  }
}
