import Foundation

/// One proxied connection: moves bytes both ways until an end closes or it is told to cut.
struct ProxyLink {
  let client: Int32
  let server: Int32
  let control: ProxyControl

  /// Milliseconds between two looks at what the proxy has been told.
  private static let look: Int32 = 10

  func run() {
    let generation = control.read { state in
      state.links += 1
      return state.generation
    }
    let manner = pump(generation)
    for descriptor in [client, server] {
      if manner == .abruptly {
        // With no time to linger, close(2) sends RST instead of FIN.
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
      }
      // A child process that was being started may hold a copy of the descriptor for a moment.
      if manner == .politely { shutdown(descriptor, Int32(SHUT_RDWR)) }
      close(descriptor)
    }
    control.update { $0.links -= 1 }
  }

  /// - Returns: how the connection is to end.
  private func pump(_ generation: Int) -> FaultyProxy.Manner {
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    var saidBefore: [UInt8] = []
    var messages = ClientMessages()
    var follower: ((Int) -> Void)?
    while true {
      let state = control.read {
        (
          cut: $0.generation != generation || $0.hasEnded, manner: $0.manner, isHeld: $0.isHeld,
          rate: $0.unthrottled > 0 ? nil : $0.rate
        )
      }
      if state.cut { return state.manner }
      guard !state.isHeld else {
        usleep(UInt32(Self.look) * 1000)
        continue
      }
      var polled = [
        pollfd(fd: client, events: Int16(POLLIN), revents: 0),
        pollfd(fd: server, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&polled, 2, Self.look) > 0 else { continue }
      for (index, other) in [(0, server), (1, client)] where polled[index].revents != 0 {
        let count = recv(polled[index].fd, &buffer, Self.portion(of: buffer.count, at: state.rate), 0)
        guard count > 0 else { return count == 0 ? .politely : .abruptly }
        if index == 0 {
          let said = saidBefore + buffer[..<count]
          if let delivery = control.spring(by: said[...]) { return lose(buffer[..<count], delivery) }
          saidBefore = Array(said.suffix(63))
          follower = nil
          for query in messages.queries(in: buffer[..<count]) {
            switch control.read({ $0.watch })?.fate(of: query) ?? .passes {
            case .passes: break
            case .cutBefore: return lose(buffer[..<count], .undelivered)
            case .cutAfter: return lose(buffer[..<count], .delivered)
            case .followed(let body): follower = body
            }
          }
        }
        let (allowed, cut) = control.allowance(count)
        guard send(buffer[..<allowed], to: other, generation) else { return .abruptly }
        if let cut { return cut }
        if index == 0, let follower { follower(Loopback.port(of: server)) }
        if let rate = state.rate {
          usleep(UInt32(count * 1_000_000 / max(1, rate)))
        } else {
          control.update { $0.unthrottled = max(0, $0.unthrottled - count) }
        }
      }
    }
  }

  /// So many bytes at a time that none of the pauses between them is long.
  private static func portion(of size: Int, at rate: Int?) -> Int {
    rate.map { min(size, max(512, $0 / 20)) } ?? size
  }

  /// Lets the server have the message or not, waits for its answer, and keeps that.
  private func lose(_ message: ArraySlice<UInt8>, _ delivery: FaultyProxy.Delivery) -> FaultyProxy.Manner {
    if delivery != .undelivered, send(message, to: server, nil) {
      if delivery == .overtaken { shutdown(client, Int32(SHUT_RDWR)) }
      var polled = pollfd(fd: server, events: Int16(POLLIN), revents: 0)
      poll(&polled, 1, 30_000)
    }
    control.update {
      $0.cutsDone += 1
      $0.answersLost[delivery, default: 0] += 1
    }
    return .abruptly
  }

  /// - Returns: false when the other end is gone, or the proxy was told to cut meanwhile.
  private func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, _ generation: Int?) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if sent > 0 {
        rest = rest.dropFirst(sent)
        continue
      }
      guard sent < 0, errno == EAGAIN || errno == EINTR else { return false }
      if let generation, control.read({ $0.generation != generation || $0.hasEnded }) { return false }
      var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&polled, 1, Self.look)
    }
    return true
  }
}
