// Patience: pauses between two looks at jobs, so that a batch system is not asked too often.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <launcher/jobs/folder.hpp>

namespace hecaton::launcher::jobs {

class Patience {
  public:
    explicit Patience(const std::vector<Job>& jobs);

    /// Waits, the longer the more often it was called; ends early where a job has written that it has begun or ended,
    /// and where `enough` says so, which is asked twice a second.
    void pause(const std::function<bool()>& enough = {});

  private:
    std::string records() const;  // what can be seen without the batch system

    std::vector<std::string> files_;
    bool local_ = true;
    std::chrono::milliseconds next_{250};
};

}  // namespace hecaton::launcher::jobs
