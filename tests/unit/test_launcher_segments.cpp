// Whose shared memory a file in /dev/shm is, and which of it may go.
#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <support/catch.hpp>
#include <thread>

#include <launcher/cleanup/segments.hpp>

using namespace hecaton::launcher;
namespace fs = std::filesystem;

TEST_CASE("the number of a job, as Open MPI's ranks have it in the names of their files") {
    CHECK(number_of_job("1034027009") == "3da20001");       // Open MPI 4
    CHECK(number_of_job("prterun-vm-48@1") == "35790001");  // Open MPI 5: "sm_segment.vm.0.35790001.0"
    for (const char* none : {"", "singleton.vm.10", "@", "node7@", "node7@1x", "99999999999"})
        CHECK(number_of_job(none).empty());
}

TEST_CASE("what ranks have left goes, what is used or another job's stays") {
    std::string folder = "/dev/shm/hecaton-segments-XXXXXX";
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    ::setenv("OMPI_MCA_btl_sm_backing_directory", folder.c_str(), 1);
    ::setenv("OMPI_MCA_btl_vader_backing_directory", folder.c_str(), 1);
    const auto file = [&](const std::string& kind, const std::string& job, int rank, unsigned user = ::geteuid()) {
        const std::string path = fmt::format("{}/{}.vm.{}.{}.{}", folder, kind, user, job, rank);
        std::ofstream(path) << std::string(4096, 'x');
        return path;
    };
    const auto mapped = file("sm_segment", "35790001", 0);
    const auto left = file("sm_segment", "35790001", 1);
    const auto other_job = file("sm_segment", "35790002", 1);
    const auto other_user = file("sm_segment", "35790001", 2, ::geteuid() + 1);
    const auto other_kind = file("something", "35790001", 3);
    const auto older = file("vader_segment", "3da20001", 0);
    const int opened = ::open(mapped.c_str(), O_RDWR);
    void* memory = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
    ::close(opened);
    REQUIRE(memory != MAP_FAILED);

    remove_segments("prterun-vm-48@1");
    CHECK(fs::exists(mapped));
    CHECK_FALSE(fs::exists(left));
    CHECK(fs::exists(older));
    std::thread ending([&] {  // as a rank that was just killed
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        ::munmap(memory, 4096);
    });
    remove_segments("prterun-vm-48@1", std::chrono::seconds(30));
    ending.join();
    CHECK_FALSE(fs::exists(mapped));
    remove_segments("1034027009");
    CHECK_FALSE(fs::exists(older));
    for (const auto& stays : {other_job, other_user, other_kind}) CHECK(fs::exists(stays));
    fs::remove_all(folder);
}
