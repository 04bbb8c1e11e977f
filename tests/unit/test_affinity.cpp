// The CPUs of a process, also of a machine with more of them than fit into a cpu_set_t.
#include <sched.h>

#include <cerrno>
#include <hecaton/foundation/affinity.hpp>
#include <hecaton/foundation/host.hpp>
#include <support/catch.hpp>
#include <vector>

namespace affinity = hecaton::detail::affinity;

namespace {

constexpr int many = 5'000;

// A machine with `many` CPUs, of which this process may use the first one, two in the middle, and the last.
int ask_large_machine(pid_t, std::size_t bytes, cpu_set_t* set) {
    if (bytes * 8 < many) {
        errno = EINVAL;
        return -1;
    }
    for (const int cpu : {0, 2'000, 2'001, many - 1}) CPU_SET_S(cpu, bytes, set);
    return 0;
}

int ask_in_vain(pid_t, std::size_t, cpu_set_t*) {
    errno = EPERM;
    return -1;
}

int refuse_any_size(pid_t, std::size_t, cpu_set_t*) {
    errno = EINVAL;
    return -1;
}

}  // namespace

TEST_CASE("The CPUs of this process are those that the kernel names") {
    const auto found = affinity::cpus();
    cpu_set_t set;
    CPU_ZERO(&set);
    REQUIRE(::sched_getaffinity(0, sizeof set, &set) == 0);
    REQUIRE(found.size() == static_cast<std::size_t>(CPU_COUNT(&set)));
    for (const int cpu : found) CHECK(CPU_ISSET(cpu, &set));
    CHECK(hecaton::detail::host::cores() >= 1);
    CHECK(hecaton::detail::host::cores() <= static_cast<int>(found.size()));
}

TEST_CASE("A machine may have more than 1,024 CPUs") {
    CHECK(affinity::cpus(0, &ask_large_machine) == std::vector<int>{0, 2'000, 2'001, many - 1});
    CHECK(affinity::text(affinity::cpus(0, &ask_large_machine)) == "0,2000-2001,4999");
}

TEST_CASE("A kernel that does not tell is not asked for ever") {
    CHECK(affinity::cpus(0, &ask_in_vain).empty());
    CHECK(affinity::cpus(0, &refuse_any_size).empty());
}

TEST_CASE("CPUs as text") {
    CHECK(affinity::text({}).empty());
    CHECK(affinity::text({7}) == "7");
    CHECK(affinity::text({0, 1, 2, 3, 8}) == "0-3,8");
    CHECK(affinity::text({1, 3, 4, 6}) == "1,3-4,6");
}
