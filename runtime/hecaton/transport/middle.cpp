#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/transport/middle.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <hecaton/transport/mpi_session.hpp>
#include <memory>
#include <new>
#include <string_view>

namespace hecaton::detail {
namespace {

constexpr std::size_t reserve_size = std::size_t{16} << 20U;

thread_local std::unique_ptr<std::byte[]> set_aside;

bool is_alone(MPI_Comm communicator) noexcept {
    int up = 0;
    int over = 0;
    MPI_Initialized(&up);
    MPI_Finalized(&over);
    if (up == 0 || over != 0) return true;
    int size = 0;
    return MPI_Comm_size(communicator, &size) == MPI_SUCCESS && size == 1;
}

// One line, which needs no memory.
[[noreturn]] void end_job(std::string_view what) noexcept {
    try {
        int rank = 0;
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        std::array<char, 1'000> text{};
        const auto end = fmt::format_to_n(text.data(), text.size(),
                                          "rank {} on {} cannot go on in the middle of a collective call, where the "
                                          "other ranks wait for it: the job ends: {}",
                                          rank, host::name(), what);
        log::line({text.data(), std::min(text.size(), end.size)});
    } catch (...) {  // not for want of memory
        log::line(what);
    }
    abort_job(1);
}

}  // namespace

void keep_reserve() {
    if (set_aside != nullptr) return;
    host::name();  // which end_job says
    set_aside.reset(new std::byte[reserve_size]);
}

void give_reserve_back() noexcept { set_aside.reset(); }

void end_for_all(MPI_Comm communicator) {
    if (is_alone(communicator)) throw;
    try {
        throw;
    } catch (const std::bad_alloc&) {
        end_job("there is no memory left");
    } catch (const std::exception& error) {
        end_job(error.what());
    } catch (...) {
        end_job("an exception that has no text");
    }
}

void check_collective(int code, const char* call, MPI_Comm communicator) {
    if (code == MPI_SUCCESS) return;
    try {
        check_mpi(code, call);
    } catch (...) {
        end_for_all(communicator);
    }
}

}  // namespace hecaton::detail
