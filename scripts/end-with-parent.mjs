// Preloaded into the programs that a command starts: the channel between the two closes when the command is gone, also
// by kill -9, and then the program ends as if it had been asked to.
if (process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}
