// Where `hecaton top` learns how a run goes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <launcher/live/snapshot.hpp>

namespace hecaton::launcher::top {

class Source {
  public:
    virtual ~Source() = default;
    /// How the run goes now; nothing where it does not answer. May take some seconds.
    virtual std::optional<Snapshot> ask() = 0;
    /// Why it does not answer, as far as that is known.
    virtual std::string why_not() const = 0;
};

/// The user's runs on this machine that answer.
std::vector<Snapshot> runs_here();

/// That of a process on this machine, or a batch job by id, name or folder. Throws Refusal where there is none.
std::unique_ptr<Source> source_of(const std::string& word);

}  // namespace hecaton::launcher::top
