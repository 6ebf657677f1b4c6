# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
RUN Invoke-WebRequest -UseBasicParsing https://example.com/x.zip -OutFile C:\x.zip; `
    Expand-Archive C:\x.zip -DestinationPath C:\app; `
    Remove-Item C:\x.zip
WORKDIR C:\\app
EXPOSE 80
CMD .\server.exe --port 80
