// Loaded into the program by run.mjs: when that process is gone, however it went, the program ends in good order too.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Watching must not keep a service alive that has nothing else to do.
process.channel?.unref();
