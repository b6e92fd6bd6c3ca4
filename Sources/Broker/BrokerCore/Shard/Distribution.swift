/// What one publish's distribution came to, for its entry in the ledger.
struct Distribution {
  /// Obligations that it opened.
  var obligations = 0
  /// Some client was sent it at QoS 0: it has it, and nothing waits for that.
  var isTakenAtOnce = false
}
