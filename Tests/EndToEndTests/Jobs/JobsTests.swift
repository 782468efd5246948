import TestServers
import TestTraits
import Testing

@Suite("Jobs off and on", .needsServer) struct JobsTests {
  @Test(
    "leave everything as it was", .needs(TestServer.community), arguments: TestServer.community)
  func roundTrip(server: TestServer) async throws {
    let rig = try await JobsRig.on(server)
    let (before, settings) = (try rig.facts(), try rig.settings())
    let others = try rig.target.query(JobsTable.others)
    #expect(before.map { $0[1] } == ["t", "t", "t", "f"])

    let off = try await rig.run("jobs", "off")
    #expect(off.stdout.contains("Turned off 3 jobs; 1 was off already"), "\(off)")
    #expect(off.stdout.contains(#"policy_retention on "public"."readings""#), "\(off)")
    #expect(off.stderr.isEmpty, "\(off)")
    #expect(try rig.target.value(JobsTable.scheduled) == "0")
    #expect(try rig.settings() == settings)
    let record = try rig.target.query(JobsTable.record)
    #expect(record.map { $0[1] } == before.prefix(3).map { $0[0] })

    let on = try await rig.run("jobs", "on")
    #expect(on.stdout.contains("Turned on 3 jobs\n"), "\(on)")
    #expect(on.stderr.isEmpty, "\(on)")
    #expect(try rig.facts() == before)
    #expect(try rig.target.query(JobsTable.others) == others)
    #expect(try !rig.hasSchema)
    let again = try await rig.run("jobs", "on")
    #expect(again.stdout.contains("Nothing to turn on"), "\(again)")
  }

  @Test(
    "twice keep what was recorded first, and add what is new", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds)
  func twice(server: TestServer) async throws {
    let rig = try await JobsRig.on(server)
    let before = try rig.facts()
    try await rig.run("jobs", "off")
    let record = try rig.target.query(JobsTable.record)
    // Turned on meanwhile, with another schedule; and a new one.
    let retention = try #require(before[1][0])
    try rig.target.execute(
      """
      SELECT alter_job(\(retention), scheduled => true, schedule_interval => '5 days', timezone => 'Asia/Tokyo');
      SELECT add_job('tidy', '4 hours', config => '{"keep": 5}')
      """)
    let new = try #require(try rig.facts().last)
    let off = try await rig.run("jobs", "off")
    #expect(off.stdout.contains("Turned off 2 jobs; 3 were off already"), "\(off)")
    #expect(try rig.target.query(JobsTable.record).prefix(3) == record[...])
    #expect(try rig.target.query(JobsTable.record).map { $0[1] }.last == new[0])
    #expect(try await rig.run("jobs", "off").stdout.contains("Turned off 0 jobs; 5 were off already"))

    let on = try await rig.run("jobs", "on")
    #expect(on.stdout.contains("has the schedule again that it had"), "\(on)")
    // When it runs next is as the person who has changed it has left it.
    #expect(try rig.facts().map { $0.dropLast() } == (before + [new]).map { $0.dropLast() })
  }

  @Test(
    "reach the policy that alter_job refuses, as superuser", .needs(TestServer.community),
    arguments: TestServer.community)
  func hierarchySuperuser(server: TestServer) async throws {
    let rig = try await JobsRig.on(server, asSuperuser: true, aggregates: JobsTable.aggregates)
    let before = try rig.facts()
    let off = try await rig.run("jobs", "off")
    #expect(off.stdout.contains("Turned off 5 jobs; 1 was off already"), "\(off)")
    #expect(try rig.target.value(JobsTable.scheduled) == "0")
    try await rig.run("jobs", "on")
    #expect(try rig.facts() == before)
  }

  @Test(
    "name the policy that alter_job refuses, and reach it with a privilege", .needs(TestServer.community),
    arguments: TestServer.community)
  func hierarchyOwner(server: TestServer) async throws {
    let rig = try await JobsRig.on(server, aggregates: JobsTable.aggregates)
    let before = try rig.facts()
    let isRefused = (TimescaleVersion(2, 22, 0)..<TimescaleVersion(2, 29, 0)).contains(
      server.timescaleVersion)
    let off = try await rig.run("jobs", "off", exits: isRefused ? 1 : 0)
    #expect(try rig.target.value(JobsTable.scheduled) == (isRefused ? "1" : "0"))
    if isRefused {
      #expect(off.stdout.contains("Turned off 4 jobs"), "\(off)")
      #expect(off.stderr.contains(#"on "public"."daily") could not be turned off"#), "\(off)")
      let grant = try #require(off.stderr.firstMatch(of: /have a superuser run (GRANT .*), and run/)).output.1
      try rig.target.executeAsSuperuser(String(grant))
      let more = try await rig.run("jobs", "off")
      #expect(more.stdout.contains("Turned off 1 job; 5 were off already"), "\(more)")
      #expect(try rig.target.value(JobsTable.scheduled) == "0")
    }
    try rig.target.executeAsSuperuser(
      "UPDATE _timescaledb_internal.bgw_job_stat SET next_start = now() WHERE job_id = \(before[5][0] ?? "0")"
    )
    let on = try await rig.run("jobs", "on", "--stagger", "2h")
    // With that privilege alone its schedule is out of reach.
    #expect(on.stderr.contains("stay as they are") == isRefused, "\(on)")
    #expect(try rig.facts()[4] == before[4])
    #expect(try rig.settings()[5].dropFirst().dropLast() == before[5].dropFirst(2).dropLast())
    #expect(try rig.target.value(JobsTable.scheduled) == "5")
  }

  /// From 2.28 on the owner of the database, which the tests' user is, may alter everybody's jobs.
  private static let beforeDatabaseOwners = Servers(.newest, .community, .before(2, 28))

  @Test(
    "that are another role's are named with it", .needs(beforeDatabaseOwners), arguments: beforeDatabaseOwners
  )
  func otherOwner(server: TestServer) async throws {
    let rig = try await JobsRig.on(server)
    try rig.target.executeAsSuperuser(
      "UPDATE _timescaledb_config.bgw_job SET owner = '\(TestCluster.privilegedUser)' WHERE proc_name = 'policy_retention'"
    )
    let off = try await rig.run("jobs", "off", exits: 1)
    #expect(off.stderr.contains(#"policy_retention (job"#), "\(off)")
    #expect(off.stderr.contains("it belongs to the role \"\(TestCluster.privilegedUser)\""), "\(off)")
    #expect(off.stdout.contains("Turned off 2 jobs"), "\(off)")
    #expect(try rig.target.value(JobsTable.scheduled) == "1")
    #expect(try rig.target.query(JobsTable.record).count == 2)
  }

  @Test(
    "find them by what they are where their numbers have changed", .needs(TestServer.communityEnds),
    arguments: TestServer.communityEnds)
  func rebuilt(server: TestServer) async throws {
    let rig = try await JobsRig.on(server)
    let settings = try rig.settings().prefix(3).map { $0.dropFirst() }
    try await rig.run("jobs", "off")
    // The same again in another order, with other numbers and schedules, and off.
    try rig.target.execute(
      """
      SELECT delete_job(job_id) FROM timescaledb_information.jobs WHERE job_id >= 1000;
      DROP TABLE readings;
      CREATE TABLE elsewhere (time timestamptz NOT NULL);
      SELECT create_hypertable('elsewhere', 'time');
      \(JobsTable.table)
      ALTER TABLE readings SET (timescaledb.compress);
      SELECT add_job('tidy', '7 hours', config => '{"keep": 3}');
      SELECT add_retention_policy('readings', interval '1 year');
      SELECT add_compression_policy('readings', interval '7 days');
      SELECT alter_job(job_id, scheduled => false) FROM timescaledb_information.jobs WHERE job_id >= 1000
      """)
    let list = try await rig.run("jobs", "list")
    #expect(list.stdout.split(separator: "\n").count { $0.contains("off by jobs off") } == 3, "\(list)")
    let on = try await rig.run("jobs", "on")
    #expect(on.stdout.contains("Turned on 3 jobs"), "\(on)")
    // In the order of the earlier numbers, and without what contains them.
    func comparable(_ row: ArraySlice<String?>) -> [String?] {
      var row = Array(row)
      // Means nothing where the schedule isn't fixed.
      if row[4] == "f" { row[5] = nil }
      return Array(row.prefix(7) + row.dropFirst(8).prefix(2))
    }
    let found = try rig.settings().map { $0.dropFirst() }
    #expect(found.reversed().map(comparable) == settings.map(comparable))
    #expect(try rig.target.value(JobsTable.scheduled) == "3")
    #expect(try !rig.hasSchema)
  }

  @Test(
    "name those that can't be told, and keep their records", .needs(TestServer.oneCommunity),
    arguments: TestServer.oneCommunity)
  func lost(server: TestServer) async throws {
    let rig = try await JobsRig.on(
      server,
      policies: JobsTable.policies + "SELECT add_job('tidy', '1 day', config => '{\"twin\": 1}');")
    let jobs = try rig.facts().map { $0[0] ?? "" }
    try await rig.run("jobs", "off")
    try rig.target.execute(
      """
      SELECT delete_job(\(jobs[0]));
      SELECT alter_job(\(jobs[2]), config => '{"keep": 99}');
      SELECT delete_job(\(jobs[4]));
      SELECT alter_job(add_job('tidy', '1 day', config => '{"twin": 1}'), scheduled => false);
      SELECT alter_job(add_job('tidy', '1 day', config => '{"twin": 1}'), scheduled => false)
      """)
    let on = try await rig.run("jobs", "on", exits: 1)
    #expect(on.stdout.contains("Turned on 1 job\n"), "\(on)")
    for reason in [
      "there is no such job any more", "has another configuration", "several jobs could be meant",
    ] {
      #expect(on.stderr.contains(reason), "\(reason): \(on)")
    }
    #expect(try rig.target.value(JobsTable.scheduled) == "1")
    #expect(try rig.target.query(JobsTable.record).map { $0[1] } == [jobs[0], jobs[2], jobs[4]])
    let list = try await rig.run("jobs", "list")
    #expect(list.stdout.split(separator: "\n").count { $0.contains("missing") } == 3, "\(list)")
    // What the messages say to run.
    for match in on.stderr.matches(of: /DELETE FROM __backfill\.job WHERE job_id = \d+/) {
      try rig.target.execute(String(match.output))
    }
    #expect(try await rig.run("jobs", "on").stdout.contains("Nothing to turn on"))
  }

  @Test(
    "spread the first runs", .needs(TestServer.communityEnds), arguments: TestServer.communityEnds)
  func stagger(server: TestServer) async throws {
    let rig = try await JobsRig.on(server, asSuperuser: true, aggregates: JobsTable.aggregates)
    // As after a restore, where nothing has ever run; but for one, which is to run later.
    try rig.target.executeAsSuperuser(
      """
      DELETE FROM _timescaledb_internal.bgw_job_stat AS s USING _timescaledb_config.bgw_job AS j
      WHERE j.id = s.job_id AND j.id >= 1000 AND j.proc_name <> 'policy_retention'
      """)
    let retention = try rig.target.value(
      "SELECT next_start FROM timescaledb_information.jobs WHERE proc_name = 'policy_retention'")
    try await rig.run("jobs", "off")
    let before = try #require(try rig.target.value("SELECT clock_timestamp()"))
    try await rig.run("jobs", "on", "--stagger", "2h")
    // Four are due: half an hour lies between one and the next.
    let starts = try rig.target.query(
      """
      SELECT extract(epoch FROM s.next_start - first_value(s.next_start) OVER (ORDER BY s.job_id))::int,
        s.next_start BETWEEN '\(before)' AND clock_timestamp() + interval '2 hours'
      FROM _timescaledb_internal.bgw_job_stat AS s JOIN _timescaledb_config.bgw_job AS j ON j.id = s.job_id
      WHERE j.id >= 1000 AND j.scheduled AND j.proc_name <> 'policy_retention' ORDER BY j.id
      """)
    #expect(starts == [["0", "t"], ["1800", "t"], ["3600", "t"], ["5400", "t"]])
    #expect(
      try rig.target.value(
        "SELECT next_start FROM timescaledb_information.jobs WHERE proc_name = 'policy_retention'")
        == retention)
  }

  @Test("are none where there are none", arguments: TestServer.apache)
  func none(server: TestServer) async throws {
    let rig = try await JobsRig.on(server, policies: "")
    for action in ["off", "list"] {
      #expect(try await rig.run("jobs", action).stdout.contains("The target has no jobs"))
    }
    #expect(try await rig.run("jobs", "on").stdout.contains("Nothing to turn on"))
    #expect(try !rig.hasSchema)
  }

  /// Such as are there after a change of the edition.
  @Test("of an edition without alter_job are turned off by a superuser", arguments: TestServer.apache)
  func apache(server: TestServer) async throws {
    let rig = try await JobsRig.on(server, policies: "")
    try rig.target.executeAsSuperuser(
      """
      INSERT INTO _timescaledb_config.bgw_job (application_name, schedule_interval, max_runtime, max_retries, retry_period,
        proc_schema, proc_name, owner, config)
      VALUES ('left behind', '1 day', '0', -1, '5 minutes', 'public', 'nothing', 'app', '{"a": 1}')
      """)
    let before = try rig.facts()
    let refused = try await rig.run("jobs", "off", exits: 1)
    #expect(refused.stderr.contains("could not be turned off"), "\(refused)")
    #expect(try !rig.hasSchema)
    let superuser = JobsRig(rig.target, asSuperuser: true)
    try await superuser.run("jobs", "off")
    #expect(try rig.target.value(JobsTable.scheduled) == "0")
    try await superuser.run("jobs", "on")
    #expect(try rig.facts() == before)
  }
}
