// What a run begins with: the signals that its launcher awaits, and the settings for its shims.
#pragma once

#include <vector>

#include <launcher/link/messages.hpp>
#include <launcher/supervision/supervise.hpp>

namespace hecaton::launcher {

/// A signal that was ignored when we were started (nohup) stays ignored.
std::vector<int> awaited_signals();

/// The settings that are known before we listen for shims.
link::Address settings(const Supervision& what);

}  // namespace hecaton::launcher
