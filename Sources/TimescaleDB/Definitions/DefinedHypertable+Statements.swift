import Postgres

extension DefinedHypertable {
  /// Makes a hypertable of a table that is there, with its indexes and constraints.
  func making(schema: Identifier) -> [SQL] {
    guard let first = dimensions.timeDimension else { return [] }
    let relation: SQL = "\(name.description)::regclass"
    var statements: [SQL] = []
    if chunkSchema == nil, chunkPrefix == nil {
      statements.append(
        "SELECT FROM \(schema).create_hypertable(\(relation), \(first.info(schema: schema)), create_default_indexes => false)"
      )
    } else {
      // Only the older form has these.
      var others: SQL = ""
      if let chunkSchema { others = others + ", associated_schema_name => \(chunkSchema.name)" }
      if let chunkPrefix { others = others + ", associated_table_prefix => \(chunkPrefix.name)" }
      if let function = first.function {
        others = others + ", time_partitioning_func => \(function.description)::regproc"
      }
      statements.append(
        """
        SELECT FROM \(schema).create_hypertable(\(relation), \(first.column.name)\(others),
          chunk_time_interval => \(first.value(of: first.interval ?? 0)), create_default_indexes => false)
        """)
    }
    for dimension in dimensions where dimension != first {
      statements.append("SELECT FROM \(schema).add_dimension(\(relation), \(dimension.info(schema: schema)))")
    }
    for now in dimensions.compactMap(\.integerNow) {
      statements.append(
        "SELECT FROM \(schema).set_integer_now_func(\(relation), \(now.description)::regproc)")
    }
    return statements
  }

  func attaching(schema: Identifier) -> [SQL] {
    tablespaces.map {
      "SELECT FROM \(schema).attach_tablespace(\($0.name), \(storage), if_not_attached => true)"
    }
  }

  /// Columns by whose ranges queries leave chunks out.
  func tellingRanges(schema: Identifier) -> [SQL] {
    guard !rangeColumns.isEmpty else { return [] }
    return ["SET LOCAL timescaledb.enable_chunk_skipping = on"]
      + rangeColumns.map { "SELECT FROM \(schema).enable_chunk_skipping(\(storage), \($0.name))" }
  }

  /// Turns compression on. What isn't set is left to TimescaleDB.
  ///
  /// - Parameter choosesIndexes: the target lets sparse indexes be chosen.
  func compressing(choosesIndexes: Bool, directly: Bool) -> [SQL] {
    guard let compression else { return [] }
    var options: [SQL] = ["timescaledb.compress = true"] + compression.options(withIndexes: choosesIndexes)
    if let compressInterval, let time = dimensions.timeDimension {
      options.append("timescaledb.compress_chunk_time_interval = \(time.text(of: compressInterval))")
    }
    let kind: SQL = aggregate == nil ? "TABLE" : "MATERIALIZED VIEW"
    var statements: [SQL] = ["ALTER \(kind) \(knownName) SET (\(options.joined(separator: ", ")))"]
    if directly { statements.append("ALTER \(kind) \(knownName) SET (timescaledb.direct_compress = true)") }
    return statements
  }

  /// Where its chunks are, as an expression: what an aggregate is kept in has another name on each database.
  private var storage: SQL {
    guard let aggregate else { return "\(name.description)::regclass" }
    return """
      (SELECT format('%I.%I', h.schema_name, h.table_name)::regclass FROM _timescaledb_catalog.continuous_agg AS a
        JOIN _timescaledb_catalog.hypertable AS h ON h.id = a.mat_hypertable_id
        WHERE a.user_view_schema = \(aggregate.view.schema.name) AND a.user_view_name = \(aggregate.view.name.name))
      """
  }

  /// Makes the continuous aggregate, without rows and with its indexes.
  ///
  /// - Parameter givesOwner: it is to belong to whom it belonged to.
  func makingAggregate(schema: Identifier, givesOwner: Bool) -> [SQL] {
    guard let aggregate else { return [] }
    let view = aggregate.view
    var statements: [SQL] = [
      """
      CREATE MATERIALIZED VIEW \(view) WITH (timescaledb.continuous,
        timescaledb.materialized_only = \(aggregate.isMaterializedOnly), timescaledb.create_group_indexes = false) AS
      \(SQL(fromServer: aggregate.query)) WITH NO DATA
      """
    ]
    if givesOwner { statements.append("ALTER MATERIALIZED VIEW \(view) OWNER TO \(aggregate.owner)") }
    if let time = dimensions.timeDimension, let interval = time.interval {
      statements.append(
        "SELECT FROM \(schema).set_chunk_time_interval(\(storage), \(time.value(of: interval)))")
    }
    for index in aggregate.indexes {
      let name: SQL = index.name.map { "\($0) " } ?? ""
      statements.append("CREATE INDEX \(name)ON \(view) \(SQL(fromServer: index.body))")
    }
    if !aggregate.hasTimeIndex, let time = dimensions.timeDimension {
      statements.append(droppingTimeIndex(on: time.column))
    }
    return statements
  }

  /// Every aggregate gets it, under a name that the server chooses.
  private func droppingTimeIndex(on column: Identifier) -> SQL {
    let text: SQL = """
      DECLARE found regclass;
      BEGIN
        SELECT i.indexrelid INTO STRICT found FROM pg_catalog.pg_index AS i
        WHERE i.indrelid = \(storage) AND pg_catalog.pg_get_indexdef(i.indexrelid)
          LIKE pg_catalog.format('%% USING btree (%I DESC)', \(column.name));
        EXECUTE pg_catalog.format('DROP INDEX %s', found);
      END
      """
    return "DO \(text.text)"
  }
}

extension [DefinedDimension] {
  /// The one that a hypertable is made with.
  var timeDimension: DefinedDimension? { first { $0.interval != nil } }
}

extension CompressionSettings {
  /// What was set, as ALTER TABLE takes it; an empty list is something else than none.
  func options(withIndexes: Bool) -> [SQL] {
    var options: [SQL] = []
    if segmentBy != nil { options.append("timescaledb.compress_segmentby = \(segmentText)") }
    if orderBy != nil { options.append("timescaledb.compress_orderby = \(orderText)") }
    if withIndexes, let indexes { options.append("timescaledb.compress_index = \(indexes)") }
    return options
  }
}
