#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <hecaton/foundation/affinity.hpp>
#include <hecaton/foundation/cgroup.hpp>
#include <hecaton/foundation/thread_share.hpp>

namespace hecaton::detail {
namespace {

int most_threads = 0;  // 0: none

template <class Function>
Function* loaded(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
}

// What a library offers for it. Where it has as many as there are processors, nobody has chosen them.
struct Library {
    const char* set;
    const char* now;
    const char* processors;
};

constexpr Library open_mp{"omp_set_num_threads", "omp_get_max_threads", "omp_get_num_procs"};
constexpr Library open_blas{"openblas_set_num_threads", "openblas_get_num_threads", "openblas_get_num_procs"};

bool limit_library(const Library& library) {
    const auto set = loaded<void(int)>(library.set);
    const auto now = loaded<int()>(library.now);
    const auto processors = loaded<int()>(library.processors);
    if (set == nullptr || now == nullptr || processors == nullptr) return false;
    if (now() == processors() && now() > most_threads) set(most_threads);
    return true;
}

}  // namespace

int thread_share(int cores, int ranks, int own) noexcept {
    const int share = cores / std::max(1, ranks);
    return std::max(1, own > 0 ? std::min(share, own) : share);
}

int cores_for_ranks(pid_t engine) {
    const auto allowed = static_cast<int>(affinity::cpus(engine).size());
    const double quota = cgroup::cpu_quota().value_or(allowed);
    return static_cast<int>(std::ceil(std::min<double>(allowed, quota)));
}

bool limit_threads(int threads) {
    most_threads = threads;
    const bool any = limit_library(open_mp);
    return limit_library(open_blas) || any;
}

void limit_threads_here() {
    if (most_threads > 0) limit_library(open_mp);
}

}  // namespace hecaton::detail
