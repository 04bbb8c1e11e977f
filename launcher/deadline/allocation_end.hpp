// When the batch job ends that we are in: the one place that knows how each batch system tells it.
#pragma once

#include <chrono>
#include <hecaton/launch/allocation.hpp>
#include <hecaton/launch/job_end.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::launcher {

/// A command of the batch system's that tells it, where no variable does.
struct EndQuestion {
    std::vector<std::string> argv = {};
    /// The time left, from what it prints; nothing where it has no end, or prints something else.
    std::optional<std::chrono::seconds> (*read)(std::string_view output) = nullptr;
};

/// Nothing where there is no such command: with SGE, whose jobs see their limits (h_rt) nowhere.
std::optional<EndQuestion> end_question(const detail::launch::Allocation& allocation);

/// The end of the allocation. `ask`: where no variable tells it, the batch system may be asked, which takes a moment.
std::optional<detail::launch::Moment> allocation_end(const detail::launch::Allocation& allocation,
                                                     const detail::launch::Variables& environment,
                                                     detail::launch::Moment now, bool ask);

}  // namespace hecaton::launcher
